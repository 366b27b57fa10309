"""The dashboard's figures: what is asked, and what is answered."""

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from rest_framework import serializers

ZONES = frozenset(available_timezones())


class StatisticsQuery(serializers.Serializer[Any]):
    """The period of the dashboard's figures."""

    days = serializers.IntegerField(min_value=1, max_value=366, default=30, help_text="up to today")
    time_zone = serializers.CharField(
        max_length=64, required=False, help_text="IANA zone whose days are counted; the caller's own unless given"
    )

    def validate_time_zone(self, name: str) -> ZoneInfo:
        """The zone."""
        if name not in ZONES:
            raise serializers.ValidationError("This is no IANA time zone, such as Europe/Berlin.", code="invalid")
        return ZoneInfo(name)


class CountOutput(serializers.Serializer[Any]):
    """How many tickets are of one kind."""

    key = serializers.CharField()
    count = serializers.IntegerField()


class OpenOutput(serializers.Serializer[Any]):
    """What waits for somebody: neither resolved nor ended."""

    total = serializers.IntegerField()
    unassigned = serializers.IntegerField()
    oldest_created_at = serializers.DateTimeField(allow_null=True)
    by_status = CountOutput(many=True)
    by_category = CountOutput(many=True)
    by_priority = CountOutput(many=True)


class DayOutput(serializers.Serializer[Any]):
    """One day of the period."""

    date = serializers.DateField()
    created = serializers.IntegerField()
    resolved = serializers.IntegerField()


class ResolutionOutput(serializers.Serializer[Any]):
    """From filing to resolution, of what was resolved in the period; in hours by the clock, null of none."""

    count = serializers.IntegerField()
    median_hours = serializers.FloatField(allow_null=True)
    p90_hours = serializers.FloatField(allow_null=True)


class RatingCountOutput(serializers.Serializer[Any]):
    """How often one rating was given."""

    rating = serializers.IntegerField()
    count = serializers.IntegerField()


class RatingsOutput(serializers.Serializer[Any]):
    """How content the requesters are with what was resolved in the period."""

    count = serializers.IntegerField()
    average = serializers.FloatField(allow_null=True)
    distribution = RatingCountOutput(many=True)


class TicketStatisticsOutput(serializers.Serializer[Any]):
    """Figures for a dashboard."""

    since = serializers.DateField()
    until = serializers.DateField()
    time_zone = serializers.CharField()
    open = OpenOutput()
    days = DayOutput(many=True)
    resolution = ResolutionOutput()
    ratings = RatingsOutput()
