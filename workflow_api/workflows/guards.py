"""Conditions on a ticket, as data: they are compared, never executed.

A guard is a mapping with one key: `all` or `any` of a list of guards, `not` of one, or an operator with `field` and
`value`: `{"ge": {"field": "custom_fields.amount", "value": 1000}}`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from workflows.models import TicketProjection

Guard = dict[str, Any]
FIELDS = ("priority", "category", "sub_category", "department", "requester_id")
CUSTOM = "custom_fields."
MAX_DEPTH = 5
MAX_PARTS = 50
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda have, value: have == value,
    "ne": lambda have, value: have != value,
    "lt": lambda have, value: have < value,
    "le": lambda have, value: have <= value,
    "gt": lambda have, value: have > value,
    "ge": lambda have, value: have >= value,
    "in": lambda have, value: have in value,
}
ORDERED = frozenset({"lt", "le", "gt", "ge"})


def holds(guard: Guard | None, ticket: TicketProjection) -> bool:
    """Whether a ticket meets a sound guard. A field that it lacks meets nothing but `ne`, and `not` of others."""
    if guard is None:
        return True
    ((operator, operand),) = guard.items()
    if operator == "all":
        return all(holds(part, ticket) for part in operand)
    if operator == "any":
        return any(holds(part, ticket) for part in operand)
    if operator == "not":
        return not holds(operand, ticket)
    have, value = _value_of(operand["field"], ticket), operand["value"]
    if have is None or (operator in ORDERED and not _comparable(have, value)):
        return operator == "ne"
    return COMPARED[operator](have, value)


def guard_faults(guard: object, *, depth: int = 0) -> Iterator[str]:
    """What is wrong with a guard, one sentence each; none when it is sound."""
    if depth >= MAX_DEPTH:
        yield f"A guard is at most {MAX_DEPTH} levels deep."
    elif not isinstance(guard, dict) or len(guard) != 1:
        yield "A guard is a mapping with one key."
    else:
        ((operator, operand),) = guard.items()
        yield from _operator_faults(operator, operand, depth)


def _operator_faults(operator: object, operand: object, depth: int) -> Iterator[str]:
    if operator in ("all", "any"):
        if not isinstance(operand, list) or not 0 < len(operand) <= MAX_PARTS:
            yield f"`{operator}` takes a list of 1 to {MAX_PARTS} guards."
            return
        for part in operand:
            yield from guard_faults(part, depth=depth + 1)
    elif operator == "not":
        yield from guard_faults(operand, depth=depth + 1)
    elif operator not in COMPARED:
        yield f"Operators are all, any, not, {', '.join(COMPARED)}."
    elif not isinstance(operand, dict) or set(operand) != {"field", "value"}:
        yield f"`{operator}` takes `field` and `value`."
    else:
        yield from _comparison_faults(str(operator), operand["field"], operand["value"])


def _comparison_faults(operator: str, field: object, value: object) -> Iterator[str]:
    if not isinstance(field, str) or not (field in FIELDS or (field.startswith(CUSTOM) and len(field) > len(CUSTOM))):
        yield f"Fields are {', '.join(FIELDS)} and {CUSTOM}NAME."
    values = value if operator == "in" else [value]
    if not isinstance(values, list) or not 0 < len(values) <= MAX_PARTS:
        yield f"`in` takes a list of 1 to {MAX_PARTS} values."
    elif not all(isinstance(each, str | int | float) for each in values):
        yield "Values are texts, numbers, true or false."
    elif operator in ORDERED and isinstance(value, bool):
        yield f"`{operator}` compares numbers or texts."


def _value_of(field: str, ticket: TicketProjection) -> Any:
    if field.startswith(CUSTOM):
        return (ticket.custom_fields or {}).get(field.removeprefix(CUSTOM))
    have = getattr(ticket, field)
    return str(have) if field == "requester_id" else have


def _comparable(have: object, value: object) -> bool:
    if isinstance(have, bool):
        return False
    return isinstance(have, str) == isinstance(value, str) and isinstance(have, str | int | float)
