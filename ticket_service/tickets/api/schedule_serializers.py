"""Schedules by which tickets recur: what comes in, and what goes out."""

from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from tickets.api.serializers import LinkedTicketOutput
from tickets.recurrence import FIRST_DAY, LAST_DAY, PARTS, RuleRefused, checked_rule

ZONES = frozenset(available_timezones())
MAX_PREVIEW = 50
_CLOCK_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_RULE = "RFC 5545, of FREQ, " + "; ".join(f"{frequency}: {', '.join(parts)}" for frequency, parts in PARTS.items())
_ENDS = "the last day on which it files"


class TimetableInput(serializers.Serializer[Any]):
    """When tickets are filed."""

    rule = serializers.CharField(max_length=200, help_text=_RULE)
    starts_on = serializers.DateField(help_text="the day from which the rule counts; may be past")
    time = serializers.RegexField(_CLOCK_TIME, help_text="HH:MM of the wall clock")
    time_zone = serializers.CharField(max_length=64, help_text="a name of the IANA database")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text=_ENDS)

    def validate_rule(self, text: str) -> str:
        """In its normal form."""
        try:
            return checked_rule(text)
        except RuleRefused as error:
            raise serializers.ValidationError(str(error), code="rule_refused") from error

    def validate_starts_on(self, day: date) -> date:
        """Within the years that rules are worked out for."""
        return _within(day)

    def validate_ends_on(self, day: date | None) -> date | None:
        """Within the years that rules are worked out for."""
        return None if day is None else _within(day)

    def validate_time(self, text: str) -> time:
        """The time."""
        return time.fromisoformat(text)

    def validate_time_zone(self, name: str) -> str:
        """A zone that there is."""
        if name not in ZONES:
            raise serializers.ValidationError("There is no such time zone.", code="time_zone_unknown")
        return name


class PreviewQuery(TimetableInput):
    """When tickets would be filed."""

    count = serializers.IntegerField(min_value=1, max_value=MAX_PREVIEW, default=5)


class PreviewOutput(serializers.Serializer[Any]):
    """When tickets would be filed."""

    occurrences = serializers.ListField(child=serializers.DateTimeField(), help_text="from now; empty: never")


class ScheduleInput(StrictSerializer, TimetableInput):
    """When a template becomes a ticket, and whose."""

    name = serializers.CharField(max_length=100)
    template_id = serializers.UUIDField(help_text="one that is shared, and has all that a ticket needs")
    requester_id = serializers.UUIDField(required=False, help_text="whose the tickets are; the caller's unless given")
    is_active = serializers.BooleanField(required=False, help_text="false: it pauses")


class ScheduleFailureOutput(serializers.Serializer[Any]):
    """Why the ticket that is due could not be filed."""

    code = serializers.CharField(help_text="as filing would have answered")
    detail = serializers.CharField()
    failures = serializers.IntegerField(help_text="in a row")
    failed_at = serializers.DateTimeField()
    retry_at = serializers.DateTimeField(allow_null=True)


class ScheduleOutput(serializers.Serializer[Any]):
    """A schedule."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    template_id = serializers.UUIDField()
    template_name = serializers.CharField()
    requester_id = serializers.UUIDField()
    requester_name = serializers.CharField(help_text="empty while the person is not known here")
    rule = serializers.CharField(help_text=_RULE)
    starts_on = serializers.DateField()
    time = serializers.CharField(help_text="HH:MM of the wall clock")
    time_zone = serializers.CharField()
    ends_on = serializers.DateField(allow_null=True, help_text=_ENDS)
    is_active = serializers.BooleanField(help_text="false: it pauses")
    next_at = serializers.DateTimeField(allow_null=True, help_text="null when it pauses or is over")
    last_ticket_number = serializers.CharField(help_text="empty until it has filed one")
    failure = ScheduleFailureOutput(allow_null=True)
    created_by = serializers.UUIDField()
    created_by_name = serializers.CharField()
    version = serializers.IntegerField(help_text="for If-Match")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FiledTicketOutput(LinkedTicketOutput):
    """A ticket that was filed by a schedule."""

    created_at = serializers.DateTimeField()


class ScheduledTicketOutput(serializers.Serializer[Any]):
    """A ticket, and for which occurrence it was filed."""

    occurrence_at = serializers.DateTimeField()
    ticket = FiledTicketOutput()


def _within(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise serializers.ValidationError(f"From {FIRST_DAY} to {LAST_DAY}.", code="out_of_range")
    return day
