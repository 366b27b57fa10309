"""Keeping business calendars. A change moves the deadlines of running tasks: the ticker works them out again."""

from typing import Any

from workflows.errors import CalendarKeyTaken
from workflows.models import Calendar


def calendar_create(*, key: str, **fields: Any) -> Calendar:
    """Make a calendar. Raises: CalendarKeyTaken."""
    calendar, created = Calendar.objects.get_or_create(key=key, defaults=fields)
    if not created:
        raise CalendarKeyTaken
    return calendar


def calendar_change(*, calendar: Calendar, **fields: Any) -> Calendar:
    """Replace what a calendar says; its version grows. The caller holds the row's lock."""
    for name, value in fields.items():
        setattr(calendar, name, value)
    calendar.version += 1
    calendar.save()
    return calendar
