"""Reports over HTTP, for coordinators and admins."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.permissions import has_role
from servicekit.reading import read_query
from workflows import reports
from workflows.api.calendars import ZONES
from workflows.api.serializers import PersonRef
from workflows.models import SlaClock


class WorkflowQuery(serializers.Serializer[Any]):
    workflow = serializers.SlugField(max_length=64, default="", help_text="Key of one workflow.")


class PeriodQuery(WorkflowQuery):
    days = serializers.IntegerField(min_value=1, max_value=366, default=30, help_text="The last so many days.")


class ThroughputQuery(PeriodQuery):
    time_zone = serializers.CharField(max_length=64, default="UTC", help_text="In which days are counted.")

    def validate_time_zone(self, name: str) -> str:
        if name not in ZONES:
            raise serializers.ValidationError("There is no such time zone.", code="time_zone_unknown")
        return name


class DayOutput(serializers.Serializer[Any]):
    date = serializers.DateField()
    created = serializers.IntegerField()
    completed = serializers.IntegerField()


class StepTimeOutput(serializers.Serializer[Any]):
    workflow = serializers.CharField()
    step = serializers.CharField()
    turns = serializers.IntegerField()
    median_minutes = serializers.FloatField(help_text="Elapsed, from assignment to completion.")
    p90_minutes = serializers.FloatField()


class ComplianceOutput(serializers.Serializer[Any]):
    workflow = serializers.CharField()
    clock = serializers.ChoiceField(choices=SlaClock.Kind.choices)
    total = serializers.IntegerField()
    kept = serializers.IntegerField()
    missed = serializers.IntegerField()
    kept_percent = serializers.FloatField()


class LoadOutput(PersonRef):
    open = serializers.IntegerField()
    begun = serializers.IntegerField()
    overdue = serializers.IntegerField()
    on_hold = serializers.IntegerField()


class RoleLoadOutput(serializers.Serializer[Any]):
    role = serializers.CharField()
    open = serializers.IntegerField()
    unassigned = serializers.IntegerField(help_text="They wait for a person of the role.")
    overdue = serializers.IntegerField()
    on_hold = serializers.IntegerField()


class Report(GenericAPIView[Any]):
    permission_classes = [has_role("tts:admin", "tts:ticket-coordinator")]
    pagination_class = None

    def asked(self, request: Request, by: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        query = read_query(by, request)
        return {**query, "now": timezone.now()}


class ThroughputApi(Report):
    @extend_schema(operation_id="report_throughput", parameters=[ThroughputQuery], responses=DayOutput(many=True))
    def get(self, request: Request) -> Response:
        """How many tasks began and were completed each day."""
        asked = self.asked(request, ThroughputQuery)
        rows = reports.throughput(zone=ZoneInfo(asked.pop("time_zone")), **asked)
        return Response(DayOutput(rows, many=True).data)


class StepTimesApi(Report):
    @extend_schema(operation_id="report_steps", parameters=[PeriodQuery], responses=StepTimeOutput(many=True))
    def get(self, request: Request) -> Response:
        """How long each step takes, the slowest first."""
        return Response(StepTimeOutput(reports.time_per_step(**self.asked(request, PeriodQuery)), many=True).data)


class ComplianceApi(Report):
    @extend_schema(operation_id="report_sla", parameters=[PeriodQuery], responses=ComplianceOutput(many=True))
    def get(self, request: Request) -> Response:
        """How many promises were kept."""
        rows = reports.sla_compliance(**self.asked(request, PeriodQuery))
        return Response(ComplianceOutput(rows, many=True).data)


class LoadApi(Report):
    @extend_schema(operation_id="report_load", parameters=[WorkflowQuery], responses=LoadOutput(many=True))
    def get(self, request: Request) -> Response:
        """Who has how many open turns, the most loaded first."""
        return Response(LoadOutput(reports.load_per_person(**self.asked(request, WorkflowQuery)), many=True).data)


class RoleLoadApi(Report):
    @extend_schema(operation_id="report_roles", parameters=[WorkflowQuery], responses=RoleLoadOutput(many=True))
    def get(self, request: Request) -> Response:
        """Which role has how many open tasks, the most loaded first."""
        rows = reports.load_per_role(**self.asked(request, WorkflowQuery))
        return Response(RoleLoadOutput(rows, many=True).data)
