"""Custom fields: each category says which further fields its tickets have, and this module holds values to that.

A schema is a list of FieldSpec, kept in Category.custom_fields; values are a JSON object, kept in Ticket.custom_fields
in one normal form, so that equal values are equal JSON.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from tickets.errors import CustomFieldsInvalid

MAX_TEXT = 500
MAX_ITEMS = 50
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class FieldSpec(TypedDict):
    """One custom field: `type` is a key of TYPES; a `choice` names its choices."""

    name: str
    label: str
    type: str
    required: bool
    choices: NotRequired[list[str]]


class _Wrong(Exception):
    """A value is not of its type; the text says what it should be."""


def checked(schema: Sequence[FieldSpec], values: Mapping[str, Any], *, partly: bool = False) -> dict[str, Any]:
    """The values in their normal form, in the order of the schema; null and empty text mean that there is none.

    Raises CustomFieldsInvalid, which names every field that is unknown, not of its type, or missing unless `partly`.
    """
    given = {name: value for name, value in values.items() if value not in (None, "")}
    known = {spec["name"] for spec in schema}
    wrong = {
        str(name)[:64]: ("unknown_field", "This category has no such field.") for name in sorted(given.keys() - known)
    }
    result = {}
    for spec in schema:
        name = spec["name"]
        if name not in given:
            if spec["required"] and not partly:
                wrong[name] = ("required", "This category needs this field.")
            continue
        try:
            result[name] = TYPES[spec["type"]](given[name], spec)
        except _Wrong as error:
            wrong[name] = ("invalid", str(error))
    if wrong:
        raise CustomFieldsInvalid(wrong)
    return result


def _is_storable(text: str) -> bool:
    """Whether a database takes it. JSON text, as forms and CSV bring it, may hold half of a surrogate pair."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)


def _text(value: Any, _spec: FieldSpec) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or not _is_storable(value) or not value.strip():
        raise _Wrong(f"A text of at most {MAX_TEXT} characters.")
    return value.strip()


def _choice(value: Any, spec: FieldSpec) -> str:
    choices = spec.get("choices", [])
    if value not in choices:
        raise _Wrong(f"One of: {', '.join(choices)}.")
    return str(value)


def _date(value: Any, _spec: FieldSpec) -> str:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise _Wrong("A date such as 2026-11-21.")
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise _Wrong("A date of the calendar.") from None


def _amount(value: Any, _spec: FieldSpec) -> str:
    # Text, not a JSON number: money is never a float.
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise _Wrong('An amount as text, such as "1200.50".')
    return f"{Decimal(value):.2f}"


def _items(value: Any, spec: FieldSpec) -> list[dict[str, str]]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_ITEMS:
        raise _Wrong(f"A list of 1 to {MAX_ITEMS} items.")
    items = []
    for item in value:
        if not isinstance(item, dict) or item.keys() != {"name", "amount"}:
            raise _Wrong('Each item is {"name": text, "amount": amount}.')
        items.append({"name": _text(item["name"], spec), "amount": _amount(item["amount"], spec)})
    return items


def _period(value: Any, spec: FieldSpec) -> dict[str, str]:
    if not isinstance(value, dict) or value.keys() != {"start", "end"}:
        raise _Wrong('A period is {"start": date, "end": date}.')
    period = {"start": _date(value["start"], spec), "end": _date(value["end"], spec)}
    if period["end"] < period["start"]:
        raise _Wrong("A period does not end before it starts.")
    return period


TYPES: dict[str, Callable[[Any, FieldSpec], Any]] = {
    "text": _text,
    "choice": _choice,
    "date": _date,
    "amount": _amount,
    "items": _items,
    "period": _period,
}
