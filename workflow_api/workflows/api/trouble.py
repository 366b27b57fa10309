"""HTTP of what went wrong: the events that this service could not handle."""

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
from jwtauth.permissions import has_role
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from workflows.errors import DeadLetterNotFound

ADMIN = [has_role("tts:admin")]


class DeadLetterOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="event_id")
    type = serializers.CharField()
    producer = serializers.CharField()
    attempts = serializers.IntegerField()
    last_error = serializers.CharField()
    received_at = serializers.DateTimeField()
    envelope = serializers.JSONField()


@extend_schema_view(get=extend_schema(operation_id="dead_letter_list"))
class DeadLetterListApi(ListAPIView[InboxEvent]):
    """The events that could not be handled."""

    permission_classes = ADMIN
    serializer_class = DeadLetterOutput
    queryset = InboxEvent.objects.filter(state=InboxEvent.State.DEAD)
    ordering = ("-event_id",)


class DeadLetterReplayApi(APIView):
    """One such event, once more."""

    permission_classes = ADMIN

    @extend_schema(operation_id="dead_letter_replay", request=NoInput, responses={202: None})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Let it be handled again."""
        NoInput.check(request)
        if not inbox.revive(event_id=id):
            raise DeadLetterNotFound
        return Response(status=202)
