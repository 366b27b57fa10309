"""When people work: open intervals of each weekday in a time zone, and holidays."""

from datetime import date
from typing import Any

from django.db import models

from servicekit.ids import uuid7
from workflows.business_time import Hours

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Calendar(models.Model):
    """It may change while tasks run: `version` grows, and the deadlines that follow from it are worked out again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    week = models.JSONField(default=dict, help_text='{"monday": [["08:00", "12:00"], ["13:00", "17:00"]], ...}')
    holidays = models.JSONField(default=list, help_text='["2026-12-25", ...]')
    version = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    @property
    def hours(self) -> Hours:
        return hours_from(time_zone=self.time_zone, week=self.week, holidays=self.holidays)


def hours_from(*, time_zone: str, week: dict[str, Any], holidays: list[str]) -> Hours:
    """The arithmetic's form of a calendar that is written down as data."""
    days = (tuple((minute(first), minute(after)) for first, after in week.get(day, [])) for day in WEEKDAYS)
    return Hours(time_zone, tuple(days), frozenset(date.fromisoformat(day) for day in holidays))


def minute(text: str) -> int:
    """`"13:30"` as minutes since midnight; `"24:00"` is the end of the day."""
    hour, _, rest = text.partition(":")
    return int(hour) * 60 + int(rest)
