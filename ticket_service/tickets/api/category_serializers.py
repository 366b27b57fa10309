"""Categories: what an administrator writes, and what everybody reads."""

from collections import Counter
from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from tickets.api.serializers import CategoryOutput
from tickets.custom_fields import TYPES

MAX_FIELDS = 50
MAX_SUB_CATEGORIES = 100


class SubCategoryInput(StrictSerializer):
    """One sub-category."""

    slug = serializers.SlugField(max_length=64)
    name = serializers.CharField(max_length=100)


class CustomFieldInput(StrictSerializer):
    """One custom field of a category's tickets."""

    name = serializers.RegexField(r"^[a-z][a-z0-9_]{0,39}$", help_text="lower-case letters, digits and underscores")
    label = serializers.CharField(max_length=100)  # type: ignore[assignment] # the field of this name, not DRF's label
    type = serializers.ChoiceField(choices=sorted(TYPES))
    required = serializers.BooleanField(default=False)  # type: ignore[assignment] # as above
    choices = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        max_length=100,
        help_text="of a choice",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A choice has choices, and nothing else has."""
        if (attrs["type"] == "choice") != bool(attrs.get("choices")):
            raise serializers.ValidationError({"choices": ["A choice needs some, and only a choice."]}, code="required")
        return attrs


class CategoryChangeInput(StrictSerializer):
    """What of a category can be changed."""

    name = serializers.CharField(max_length=100)
    sub_categories = serializers.ListField(child=SubCategoryInput(), max_length=MAX_SUB_CATEGORIES, required=False)
    custom_fields = serializers.ListField(child=CustomFieldInput(), max_length=MAX_FIELDS, required=False)
    is_active = serializers.BooleanField(required=False, help_text="whether it is offered")

    def validate_sub_categories(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each slug once."""
        return _once(entries, "slug")

    def validate_custom_fields(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each name once."""
        return _once(entries, "name")


class CategoryInput(CategoryChangeInput):
    """A new category."""

    slug = serializers.SlugField(max_length=64, help_text="stays for good")


class CategoriesQuery(serializers.Serializer[Any]):
    """Which categories are listed."""

    include_inactive = serializers.BooleanField(default=False, help_text="those too that are no longer offered; staff")


class CategoryDetailOutput(CategoryOutput):
    """A category, whole."""

    version = serializers.IntegerField(help_text="for If-Match")


def _once(entries: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    double = sorted(value for value, count in Counter(entry[key] for entry in entries).items() if count > 1)
    if double:
        raise serializers.ValidationError(f"More than once: {', '.join(double)}.", code="not_unique")
    return [dict(entry) for entry in entries]
