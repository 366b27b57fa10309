"""Seed data."""

from django.db import transaction

from tickets.categories import CATEGORIES
from tickets.models import Category


def categories_seed(*, force: bool = False) -> int:
    """Stores the categories of tickets.categories; answers how many were written.

    One that is there already is left as it is, unless `force`: then it gets its first name and sub-categories again
    and is offered again. None is ever deleted, for tickets refer to them.
    """
    written = 0
    with transaction.atomic():
        for slug, seed in CATEGORIES.items():
            values = {
                "name": seed["name"],
                "sub_categories": [{"slug": key, "name": name} for key, name in seed["sub_categories"].items()],
                "custom_fields": seed["custom_fields"],
                "is_active": True,
            }
            if force:
                Category.objects.update_or_create(slug=slug, defaults=values)
                written += 1
            else:
                written += Category.objects.get_or_create(slug=slug, defaults=values)[1]
    return written
