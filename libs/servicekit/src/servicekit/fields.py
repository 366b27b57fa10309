"""Serializers that refuse what they do not know."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

MAX_NAMED = 10
MAX_NAME_LENGTH = 64


class StrictMixin:
    """An input field that the serializer does not write, read-only ones included, is a 400 `unknown_field`."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            known = {field.field_name for field in self._writable_fields}  # type: ignore[attr-defined]
            unknown = [str(name) for name in data if name not in known][:MAX_NAMED]
            if unknown:
                message = ErrorDetail("This field is not known here.", code="unknown_field")
                raise serializers.ValidationError({name[:MAX_NAME_LENGTH]: [message] for name in unknown})
        return super().to_internal_value(data)  # type: ignore[misc]


class StrictSerializer(StrictMixin, serializers.Serializer[Any]):
    """The serializer for input."""


class NoInput(StrictSerializer):
    """The input of a route that takes none: no body, or `{}`."""

    @classmethod
    def check(cls, request: Request) -> None:
        """Refuse a body that does not parse, is of a wrong type, or says something."""
        cls(data=request.data).is_valid(raise_exception=True)
