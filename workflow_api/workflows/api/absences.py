"""Absences over HTTP: everyone of staff announces their own, coordinators and admins anybody's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth import people
from jwtauth.permissions import IsStaff
from jwtauth.principal import principal_of
from servicekit.fields import NoInput, StrictSerializer
from servicekit.idempotency import idempotent
from servicekit.reading import read_query
from workflows import selectors
from workflows.api.serializers import PersonRef
from workflows.models import Absence
from workflows.services.absences import absence_announce, absence_end


class AbsenceInput(StrictSerializer):
    person_id = serializers.UUIDField(default=None, allow_null=True, help_text="Null: I. Others': leads only.")
    substitute_id = serializers.UUIDField(
        default=None, allow_null=True, help_text="Gets what would be my turn, where they hold the step's role."
    )
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    note = serializers.CharField(max_length=200, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["ends_at"] <= max(attrs["begins_at"], timezone.now()):
            message = "It ends after it begins, and not in the past."
            raise serializers.ValidationError({"ends_at": [message]}, code="period_empty")
        return attrs


class AbsenceListQuery(serializers.Serializer[Any]):
    scope = serializers.ChoiceField(
        choices=("mine", "all"), default="mine", help_text="`all` is for coordinators and admins."
    )


class ActorOutput(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()


class AbsenceOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    person = serializers.SerializerMethodField()
    substitute = serializers.SerializerMethodField(help_text="Null: the turn passes to the next of the role.")
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = ActorOutput()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = ActorOutput(allow_null=True)

    @extend_schema_field(PersonRef)
    def get_person(self, absence: Absence) -> dict[str, Any]:
        return self._named(absence.person_id)

    @extend_schema_field(PersonRef(allow_null=True))
    def get_substitute(self, absence: Absence) -> dict[str, Any] | None:
        return self._named(absence.substitute_id) if absence.substitute_id else None

    def _named(self, pk: UUID) -> dict[str, Any]:
        person = self.context["people"].get(pk)
        return {"id": pk, "name": person.name if person else ""}


def shown(*absences: Absence) -> list[dict[str, Any]]:
    """Absences with the names of people, by one query."""
    ids = {pk for absence in absences for pk in (absence.person_id, absence.substitute_id) if pk}
    return [dict(row) for row in AbsenceOutput(absences, many=True, context={"people": people.by_ids(ids)}).data]


class AbsenceListApi(GenericAPIView[Any]):
    permission_classes = [IsStaff]
    serializer_class = AbsenceOutput

    @extend_schema(operation_id="absence_list", parameters=[AbsenceListQuery], responses=AbsenceOutput(many=True))
    def get(self, request: Request) -> Response:
        """Absences, newest first."""
        query = read_query(AbsenceListQuery, request)
        rows = selectors.absence_list(actor=principal_of(request), **query)
        page: Sequence[Any] = self.paginate_queryset(rows) or []
        return self.get_paginated_response(shown(*page))

    @extend_schema(operation_id="absence_create", request=AbsenceInput, responses={201: AbsenceOutput})
    @idempotent
    def post(self, request: Request) -> Response:
        """Announce an absence. Work that the person has already stays with them; a lead may transfer it."""
        given = AbsenceInput(data=request.data)
        given.is_valid(raise_exception=True)
        absence = absence_announce(actor=principal_of(request), **given.validated_data)
        return Response(shown(absence)[0], status=201)


class AbsenceEndingApi(GenericAPIView[Any]):
    permission_classes = [IsStaff]

    @extend_schema(operation_id="absence_end", request=NoInput, responses=AbsenceOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Back before the time, or called off."""
        NoInput.check(request)
        return Response(shown(absence_end(absence_id=id, actor=principal_of(request)))[0])
