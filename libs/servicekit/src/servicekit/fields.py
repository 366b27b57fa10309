"""Serializers that refuse what they do not know."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import empty
from rest_framework.request import Request

MAX_NAMED = 10
_JSON_TYPES: dict[type, type] = {
    serializers.CharField: str,
    serializers.UUIDField: str,
    serializers.BooleanField: bool,
}
MAX_NAME_LENGTH = 64


class StrictMixin:
    """An input field that the serializer does not write, read-only ones included, is a 400 `unknown_field`.

    In JSON a string is a string and a boolean a boolean, as the schema says; DRF alone would take other types for them.
    A change (`partial`) may leave out what stays, but what it sends is whole: DRF alone would take parts of it.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            known = {field.field_name: field for field in self._writable_fields}  # type: ignore[attr-defined]
            unknown = [str(name) for name in data if name not in known][:MAX_NAMED]
            if unknown:
                message = ErrorDetail("This field is not known here.", code="unknown_field")
                raise serializers.ValidationError({name[:MAX_NAME_LENGTH]: [message] for name in unknown})
            if not isinstance(data, QueryDict) and (wrong := _of_another_type(known, data)):
                raise serializers.ValidationError(wrong)
            root = self.root  # type: ignore[attr-defined]
            if root is not self and getattr(root, "partial", False):
                data = _whole(known, data)
        return super().to_internal_value(data)  # type: ignore[misc]


def _whole(fields: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """The data with the defaults of what may be left out of it; the rest has to be there."""
    missing = {name: field for name, field in fields.items() if name not in data}
    lacking = {
        name: [ErrorDetail(str(field.error_messages["required"]), code="required")]
        for name, field in missing.items()
        if field.required
    }
    if lacking:
        raise serializers.ValidationError(lacking)
    defaults = {name: field.default for name, field in missing.items() if field.default is not empty}
    return {name: value() if callable(value) else value for name, value in defaults.items()} | data


def _of_another_type(fields: dict[str, Any], data: dict[str, Any]) -> dict[str, list[ErrorDetail]]:
    """What DRF would read leniently: a number as a string, "yes" or 1 as true. A form has only strings."""
    found = {}
    for name, value in data.items():
        if (misfit := _misfit(fields[name], value)) is not None:
            found[name] = [ErrorDetail(misfit, code="invalid")]
    return found


def _misfit(field: Any, value: Any) -> str | None:
    """Why a value is not of a field's type; of a list or a mapping, why its first wrong entry is not."""
    wanted = next((type_ for kind, type_ in _JSON_TYPES.items() if isinstance(field, kind)), None)
    if wanted is not None and value is not None and not isinstance(value, wanted):
        return str(field.error_messages["invalid"]).format(input=value, value=value)
    entries: Iterable[Any] = ()
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        entries = value
    elif isinstance(field, serializers.DictField) and isinstance(value, dict):
        entries = value.values()
    return next((why for entry in entries if (why := _misfit(field.child, entry)) is not None), None)


class StrictSerializer(StrictMixin, serializers.Serializer[Any]):
    """The serializer for input."""


class NoInput(StrictSerializer):
    """The input of a route that takes none: no body, or `{}`."""

    @classmethod
    def check(cls, request: Request) -> None:
        """Refuse a body that does not parse, is of a wrong type, or says something."""
        cls(data=request.data).is_valid(raise_exception=True)
