"""Business calendars over HTTP: everyone of staff reads them, Admins change them, and see first what that would do."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.permissions import IsStaff, has_role
from servicekit.concurrency import etag, require_match
from servicekit.fields import StrictSerializer
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH
from servicekit.problems import NotFound
from workflows import selectors
from workflows.models import Calendar, hours_from
from workflows.models.calendar import WEEKDAYS, minute
from workflows.services.calendars import calendar_change, calendar_create

ZONES = frozenset(available_timezones())
CLOCK_TIME = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"
INTERVALS_A_DAY = 12


class IntervalsField(serializers.ListField):
    """The open intervals of one day, in order and without overlap: `[["08:00", "12:00"], ["13:00", "17:00"]]`."""

    child = serializers.ListField(child=serializers.RegexField(CLOCK_TIME), min_length=2, max_length=2)

    def to_internal_value(self, data: Any) -> Any:
        intervals = super().to_internal_value(data)
        marks = [minute(text) for interval in intervals for text in interval]
        if any(later <= earlier for earlier, later in zip(marks[::2], marks[1::2], strict=True)):
            raise serializers.ValidationError("An interval ends after it begins.", code="interval_empty")
        if marks != sorted(marks):
            raise serializers.ValidationError("Intervals are in order and do not overlap.", code="interval_overlap")
        return intervals


class WeekInput(StrictSerializer):
    monday = IntervalsField(default=list, max_length=INTERVALS_A_DAY)
    tuesday = IntervalsField(default=list, max_length=INTERVALS_A_DAY)
    wednesday = IntervalsField(default=list, max_length=INTERVALS_A_DAY)
    thursday = IntervalsField(default=list, max_length=INTERVALS_A_DAY)
    friday = IntervalsField(default=list, max_length=INTERVALS_A_DAY)
    saturday = IntervalsField(default=list, max_length=INTERVALS_A_DAY)
    sunday = IntervalsField(default=list, max_length=INTERVALS_A_DAY)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        minutes = sum(minute(end) - minute(begin) for day in WEEKDAYS for begin, end in attrs[day])
        if minutes < 60:
            raise serializers.ValidationError("A week has at least an hour of open time.", code="never_open")
        return attrs


class HoursInput(StrictSerializer):
    time_zone = serializers.CharField(max_length=64, default="UTC", help_text="A name of the IANA database.")
    week = WeekInput()
    holidays = serializers.ListField(child=serializers.DateField(), default=list, max_length=400)

    def validate_time_zone(self, name: str) -> str:
        if name not in ZONES:
            raise serializers.ValidationError("There is no such time zone.", code="time_zone_unknown")
        return name

    def validate_holidays(self, days: list[Any]) -> list[str]:
        return sorted({day.isoformat() for day in days})

    def validate_week(self, week: dict[str, Any]) -> dict[str, Any]:
        return {day: intervals for day, intervals in week.items() if intervals}


class CalendarChangeInput(HoursInput):
    name = serializers.CharField(max_length=120)


class CalendarInput(CalendarChangeInput):
    key = serializers.SlugField(max_length=64)


class CalendarOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    week = serializers.DictField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    )
    holidays = serializers.ListField(child=serializers.DateField())
    version = serializers.IntegerField()


class MovedDeadline(serializers.Serializer[Any]):
    task_id = serializers.UUIDField()
    ticket_number = serializers.CharField()
    clock = serializers.CharField()
    due_at = serializers.DateTimeField()
    would_be_due_at = serializers.DateTimeField()
    would_be_breached = serializers.BooleanField(help_text="Overdue at once, though it is not now.")


class PreviewOutput(serializers.Serializer[Any]):
    tasks = serializers.IntegerField(help_text="Running tasks that were looked at.")
    more = serializers.BooleanField(help_text="There are more running tasks than were looked at.")
    moved = MovedDeadline(many=True)


class CalendarView(GenericAPIView[Any]):
    def get_permissions(self) -> list[Any]:
        return [IsStaff() if self.request.method in SAFE_METHODS else has_role("tts:admin")()]


class CalendarListApi(CalendarView):
    serializer_class = CalendarOutput

    @extend_schema(operation_id="calendar_list", responses=CalendarOutput(many=True))
    def get(self, request: Request) -> Response:
        """Business calendars."""
        page: Sequence[Any] = self.paginate_queryset(Calendar.objects.order_by("-id")) or []
        return self.get_paginated_response(CalendarOutput(page, many=True).data)

    @extend_schema(operation_id="calendar_create", request=CalendarInput, responses={201: CalendarOutput})
    @idempotent
    def post(self, request: Request) -> Response:
        """An Admin makes a calendar."""
        given = CalendarInput(data=request.data)
        given.is_valid(raise_exception=True)
        calendar = calendar_create(**given.validated_data)
        return Response(CalendarOutput(calendar).data, status=201, headers={"ETag": etag(calendar.version)})


class CalendarDetailApi(CalendarView):
    @extend_schema(operation_id="calendar_get", responses=CalendarOutput)
    def get(self, request: Request, id: UUID) -> Response:
        """A calendar, with its version as ETag."""
        return self.answer(found(Calendar.objects.filter(pk=id).first()))

    @extend_schema(
        operation_id="calendar_change",
        request=CalendarChangeInput,
        parameters=[IF_MATCH],
        responses=CalendarOutput,
    )
    def put(self, request: Request, id: UUID) -> Response:
        """An Admin replaces it; deadlines that run by it move within seconds."""
        given = CalendarChangeInput(data=request.data)
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            calendar = found(Calendar.objects.select_for_update(no_key=True).filter(pk=id).first())
            require_match(request, calendar.version)
            return self.answer(calendar_change(calendar=calendar, **given.validated_data))

    def answer(self, calendar: Calendar) -> Response:
        return Response(CalendarOutput(calendar).data, headers={"ETag": etag(calendar.version)})


class CalendarPreviewApi(CalendarView):
    @extend_schema(operation_id="calendar_preview", request=HoursInput, responses=PreviewOutput)
    def post(self, request: Request, id: UUID) -> Response:
        """Which deadlines would move if the calendar were this? Nothing is stored."""
        given = HoursInput(data=request.data)
        given.is_valid(raise_exception=True)
        calendar = found(Calendar.objects.filter(pk=id).first())
        preview = selectors.calendar_preview(calendar=calendar, hours=hours_from(**given.validated_data))
        return Response(PreviewOutput(preview).data)


def found(calendar: Calendar | None) -> Calendar:
    if calendar is None:
        raise NotFound
    return calendar
