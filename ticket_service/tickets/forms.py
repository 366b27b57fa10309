"""What a person may say of a ticket, wherever it comes from: checked, strict, and nothing besides."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from servicekit.fields import StrictSerializer
from tickets.models import MAX_TAGS, MAX_WATCHERS, Priority


@extend_schema_field(OpenApiTypes.OBJECT)
class CustomFieldsField(serializers.JSONField):
    """An object; in a multipart body, its JSON. What is in it is the service's to check."""

    def to_internal_value(self, data: Any) -> Any:
        """The object."""
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            raise serializers.ValidationError("An object is needed.", code="invalid")
        return value


class TicketInput(StrictSerializer):
    """The fields of a ticket that a person may write; nothing else of it can be set from outside."""

    subject = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=20_000)
    category = serializers.SlugField(max_length=64)
    sub_category = serializers.SlugField(max_length=64, required=False, allow_blank=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    department = serializers.CharField(max_length=100, required=False, allow_blank=True)
    tags = serializers.ListField(
        child=serializers.SlugField(max_length=40), required=False, max_length=MAX_TAGS, allow_empty=True
    )
    watcher_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MAX_WATCHERS, allow_empty=True
    )
    custom_fields = CustomFieldsField(required=False, help_text="as the category's custom_fields say")

    def validate_tags(self, tags: list[str]) -> list[str]:
        """Sorted and once each, so that the same tags are the same value."""
        return sorted(set(tags))


class TicketNewInput(TicketInput):
    """A new ticket."""

    requester_id = serializers.UUIDField(required=False, help_text="whom staff files it for; the caller unless given")
