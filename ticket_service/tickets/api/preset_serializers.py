"""Saved views, canned replies and macros: what comes in, and what goes out."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictMixin, StrictSerializer
from tickets.api.serializers import TicketFilters
from tickets.canned_replies import PLACEHOLDERS, unknown_placeholders


class ViewFiltersInput(StrictMixin, TicketFilters):
    """The filters of a saved view: those of the list, and no others."""

    def to_internal_value(self, data: Any) -> Any:
        """Checked, and as plain JSON."""
        return dict(self.to_representation(super().to_internal_value(data)))


class PresetInput(StrictSerializer):
    """What a person keeps to work with."""

    name = serializers.CharField(max_length=100)
    is_shared = serializers.BooleanField(required=False, help_text="with everybody of the desk")


class SavedViewInput(PresetInput):
    """A list of tickets to come back to."""

    filters = ViewFiltersInput()


class ReplyField(serializers.CharField):
    """A text with placeholders. They must be known: a reply with a hole in it would reach the requester."""

    def __init__(self, **kwargs: Any) -> None:
        known = "; ".join(f"{{{{{name}}}}}" for name in PLACEHOLDERS)
        super().__init__(max_length=10_000, help_text=known, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The text."""
        body: str = super().to_internal_value(data)
        unknown = unknown_placeholders(body)
        if unknown:
            known = ", ".join(PLACEHOLDERS)
            raise serializers.ValidationError(
                f"Unknown: {', '.join(unknown)}. Known: {known}.", code="placeholder_unknown"
            )
        return body


class CannedReplyInput(PresetInput):
    """A text for replies."""

    body = ReplyField()


class PresetOutput(serializers.Serializer[Any]):
    """What a person keeps to work with."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    owner_id = serializers.UUIDField()
    is_shared = serializers.BooleanField()
    version = serializers.IntegerField(help_text="for If-Match")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class SavedViewOutput(PresetOutput):
    """A saved view."""

    filters = TicketFilters()


class CannedReplyOutput(PresetOutput):
    """A canned reply."""

    body = serializers.CharField()


class FilledReplyOutput(serializers.Serializer[Any]):
    """A canned reply for one ticket."""

    body = serializers.CharField(help_text="Markdown")
