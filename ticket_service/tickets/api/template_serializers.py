"""Templates of tickets: what comes in, and what goes out."""

from rest_framework import serializers

from tickets.api.preset_serializers import PresetInput, PresetOutput
from tickets.forms import CustomFieldsField
from tickets.models import MAX_TAGS, Priority

_OFFERED = "to everybody who files, on the page for new tickets; only what is shared"


class TicketTemplateInput(PresetInput):
    """What a new ticket begins with; what is empty is left to whoever files."""

    is_offered = serializers.BooleanField(required=False, help_text=_OFFERED)
    subject = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    category = serializers.SlugField(max_length=64, required=False, allow_blank=True)
    sub_category = serializers.SlugField(max_length=64, required=False, allow_blank=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False, allow_blank=True)
    department = serializers.CharField(max_length=100, required=False, allow_blank=True)
    tags = serializers.ListField(child=serializers.SlugField(max_length=40), required=False, max_length=MAX_TAGS)
    custom_fields = CustomFieldsField(required=False, help_text="some of the category's custom_fields")

    def validate_tags(self, tags: list[str]) -> list[str]:
        """Sorted and once each, so that the same tags are the same value."""
        return sorted(set(tags))


class TicketTemplateOutput(PresetOutput):
    """A template of tickets."""

    is_offered = serializers.BooleanField(help_text=_OFFERED)
    subject = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField(help_text="empty, or a slug, perhaps of one that is no longer offered")
    sub_category = serializers.CharField()
    priority = serializers.ChoiceField(choices=[*Priority.choices, ("", "")])
    department = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    custom_fields = serializers.DictField(help_text="some of the category's custom_fields")
