"""Views of schedules by which tickets recur."""

from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.principal import principal_of
from servicekit.concurrency import etag, require_match
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH
from servicekit.pagination import CursorPagination
from servicekit.reading import read, read_query
from tickets import selectors
from tickets.api import representations
from tickets.api import schedule_serializers as serializers
from tickets.api.permissions import Coordinates
from tickets.recurrence import Timetable, occurrences
from tickets.services.schedules import schedule_change, schedule_create, schedule_delete


class _ScheduleView(APIView):
    permission_classes = [Coordinates]

    def answer(self, pk: UUID, *, status: int = 200) -> Response:
        """The schedule with its ETag."""
        schedule = selectors.schedule_get(schedule_id=pk)
        (body,) = representations.ticket_schedules([schedule])
        return Response(body, status=status, headers={"ETag": etag(schedule.version)})


class SchedulesApi(_ScheduleView):
    """Schedules by which tickets recur."""

    pagination_class = CursorPagination

    @extend_schema(operation_id="ticket_schedules_list", responses=serializers.ScheduleOutput(many=True))
    def get(self, request: Request) -> Response:
        """Newest first."""
        pages = CursorPagination()
        page = pages.paginate_queryset(selectors.schedule_list(), request, view=self)
        return pages.get_paginated_response(representations.ticket_schedules(page))

    @extend_schema(
        operation_id="ticket_schedules_create",
        request=serializers.ScheduleInput,
        responses={201: serializers.ScheduleOutput},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Let a template become a ticket again and again, beginning with the next occurrence from now."""
        fields = read(serializers.ScheduleInput, request)
        schedule = schedule_create(actor=principal_of(request), fields=fields)
        return self.answer(schedule.pk, status=201)


class ScheduleApi(_ScheduleView):
    """One schedule."""

    @extend_schema(operation_id="ticket_schedules_retrieve", responses=serializers.ScheduleOutput)
    def get(self, _request: Request, id: UUID) -> Response:
        """The schedule; its version is the ETag, which filing leaves as it is."""
        return self.answer(id)

    @extend_schema(
        operation_id="ticket_schedules_update",
        request=serializers.ScheduleInput,
        parameters=[IF_MATCH],
        responses=serializers.ScheduleOutput,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change some fields of the version that `If-Match` names. Going on after a pause is from now."""
        form = serializers.ScheduleInput(data=request.data, partial=True)
        with transaction.atomic():
            schedule = selectors.schedule_get(schedule_id=id, lock=True)
            require_match(request, schedule.version)
            form.is_valid(raise_exception=True)
            schedule_change(schedule, actor=principal_of(request), fields=form.validated_data)
            return self.answer(id)

    @extend_schema(operation_id="ticket_schedules_delete", responses={204: None})
    def delete(self, _request: Request, id: UUID) -> Response:
        """Forget it; the tickets that it filed stay."""
        with transaction.atomic():
            schedule_delete(selectors.schedule_get(schedule_id=id, lock=True))
        return Response(status=204)


class ScheduleTicketsApi(APIView):
    """What a schedule has filed."""

    permission_classes = [Coordinates]
    pagination_class = CursorPagination

    @extend_schema(operation_id="ticket_schedules_tickets_list", responses=serializers.ScheduledTicketOutput(many=True))
    def get(self, request: Request, id: UUID) -> Response:
        """Newest first."""
        pages = CursorPagination()
        rows = selectors.scheduled_tickets(schedule=selectors.schedule_get(schedule_id=id))
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response([representations.scheduled_ticket(row) for row in page])


class SchedulePreviewApi(APIView):
    """What a schedule would do."""

    permission_classes = [Coordinates]

    @extend_schema(
        operation_id="ticket_schedules_preview",
        parameters=[serializers.PreviewQuery],
        responses=serializers.PreviewOutput,
    )
    def get(self, request: Request) -> Response:
        """The next occurrences from now."""
        query = read_query(serializers.PreviewQuery, request)
        count = query.pop("count")
        ahead = occurrences(Timetable(**query), after=timezone.now())
        return Response({"occurrences": list(islice(ahead, count))})
