"""HTTP of the events that a service could not handle. A service mounts both views and says who may use them:

`path("dead-letters/", DeadLetterListApi.as_view(permission_classes=ADMIN))`, and `.../<uuid:id>/replay/` likewise.
"""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eventbus import inbox
from eventbus.models import InboxEvent
from eventbus.permissions import Nobody
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from servicekit.pagination import CursorPagination
from servicekit.problems import Problem


class DeadLetterNotFound(Problem):
    """No such event is dead."""

    status, code, title = 404, "dead_letter_not_found", "There is no such dead letter."


class DeadLetterOutput(serializers.Serializer[Any]):
    """An event that could not be handled; `error` is the kind of error, its words are in the log."""

    id = serializers.UUIDField(source="event_id")
    type = serializers.CharField()
    producer = serializers.CharField()
    attempts = serializers.IntegerField(min_value=0)
    error = serializers.SerializerMethodField()
    received_at = serializers.DateTimeField()
    envelope = serializers.JSONField(help_text="What was sent, as it came.")

    def get_error(self, row: InboxEvent) -> str:
        """Return the error's name."""
        return row.last_error.partition(":")[0]


@extend_schema_view(get=extend_schema(operation_id="dead_letter_list"))
class DeadLetterListApi(ListAPIView[InboxEvent]):
    """The events that could not be handled."""

    permission_classes = [Nobody]
    serializer_class = DeadLetterOutput
    queryset = InboxEvent.objects.filter(state=InboxEvent.State.DEAD)
    pagination_class = CursorPagination
    ordering = ("-event_id",)


class DeadLetterReplayApi(APIView):
    """One such event, once more."""

    permission_classes = [Nobody]

    @extend_schema(operation_id="dead_letter_replay", request=NoInput, responses={202: None})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Let it be handled again."""
        NoInput.check(request)
        if not inbox.revive(event_id=id):
            raise DeadLetterNotFound
        return Response(status=202)
