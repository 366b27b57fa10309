"""Categories: made and changed by administrators, never deleted, for tickets refer to them."""

from typing import Any

from django.db import IntegrityError, transaction

from tickets.errors import CategorySlugTaken
from tickets.models import Category


def category_create(*, fields: dict[str, Any]) -> Category:
    """A new category.

    Raises CategorySlugTaken.
    """
    category = Category(**fields)
    try:
        with transaction.atomic():
            category.save(force_insert=True)
    except IntegrityError:
        raise CategorySlugTaken from None
    return category


def category_change(category: Category, *, fields: dict[str, Any]) -> Category:
    """Changes a locked category. Its tickets keep the values that they have."""
    changed: dict[str, Any] = {name: value for name, value in fields.items() if getattr(category, name) != value}
    for name, value in changed.items():
        setattr(category, name, value)
    if changed:
        category.version += 1
        category.save(update_fields=[*changed, "version"])
    return category
