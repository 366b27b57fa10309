"""HTTP of the inbox; the views translate, services and selectors decide."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.errors import LiveIsElsewhere
from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from notifications.api.serializers import (
    ArchivedOut,
    InboxQuery,
    NoticeOut,
    ReadOut,
    SnoozeIn,
    UnreadOut,
)
from notifications.models import Notice
from notifications.selectors import inbox_list, inbox_position
from notifications.services.inbox import (
    inbox_archive,
    inbox_read,
    notice_archive,
    notice_read,
    notice_snooze,
    notice_unarchive,
    notice_wake,
)
from servicekit.fields import NoInput
from servicekit.reading import read_query


@extend_schema_view(get=extend_schema(operation_id="inbox_list", parameters=[InboxQuery]))
class InboxApi(ListAPIView[Notice]):
    """The caller's own notices, newest first."""

    permission_classes = [IsUser]
    serializer_class = NoticeOut
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        """Return the notices that the filters leave."""
        query = read_query(InboxQuery, self.request)
        return inbox_list(principal=principal_of(self.request), **query)


class UnreadCountApi(APIView):
    """The number beside the bell."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="inbox_unread_count", responses=UnreadOut)
    def get(self, request: Request) -> Response:
        """Count the caller's unread notices; `seq` is where the live inbox goes on from."""
        principal = principal_of(request)
        seq = inbox_position(principal=principal)
        return Response({"unread": inbox_list(principal=principal, unread=True).count(), "seq": seq})


class InboxLiveApi(APIView):
    """The inbox as it changes, by server-sent events; it is the live process that answers here."""

    permission_classes = [IsUser]

    @extend_schema(
        operation_id="inbox_live",
        parameters=[
            OpenApiParameter("after", int, description="The number of the last change seen."),
            OpenApiParameter("Last-Event-ID", int, OpenApiParameter.HEADER, description="The same; it goes first."),
        ],
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> Response:
        """Follow it: `notice` with `seq` and the notice as it is now, `unread` with the count, `end` with a reason."""
        raise LiveIsElsewhere


class NoticeReadApi(APIView):
    """One notice of the caller's."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="notice_read", request=None, responses=NoticeOut)
    def post(self, request: Request, id: UUID) -> Response:
        """Mark it read; marking it again changes nothing."""
        NoInput.check(request)
        return Response(NoticeOut(notice_read(principal=principal_of(request), notice_id=id)).data)


class InboxReadApi(APIView):
    """The caller's whole inbox."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="inbox_read", request=None, responses=ReadOut)
    def post(self, request: Request) -> Response:
        """Mark all notices read."""
        NoInput.check(request)
        return Response({"read": inbox_read(principal=principal_of(request))})


class NoticeArchivalApi(APIView):
    """One notice of the caller's, put away."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="notice_archive", request=None, responses=NoticeOut)
    def post(self, request: Request, id: UUID) -> Response:
        """Put it away; doing so again changes nothing."""
        NoInput.check(request)
        return Response(NoticeOut(notice_archive(principal=principal_of(request), notice_id=id)).data)

    @extend_schema(operation_id="notice_unarchive", request=None, responses={200: NoticeOut})
    def delete(self, request: Request, id: UUID) -> Response:
        """Put it back into the inbox."""
        return Response(NoticeOut(notice_unarchive(principal=principal_of(request), notice_id=id)).data)


class NoticeSnoozeApi(APIView):
    """One notice of the caller's, put off."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="notice_snooze", request=SnoozeIn, responses=NoticeOut)
    def put(self, request: Request, id: UUID) -> Response:
        """Keep it out of sight until then; it comes back unread."""
        body = SnoozeIn(data=request.data)
        body.is_valid(raise_exception=True)
        notice = notice_snooze(principal=principal_of(request), notice_id=id, until=body.validated_data["until"])
        return Response(NoticeOut(notice).data)

    @extend_schema(operation_id="notice_wake", request=None, responses={200: NoticeOut})
    def delete(self, request: Request, id: UUID) -> Response:
        """Bring it back at once."""
        return Response(NoticeOut(notice_wake(principal=principal_of(request), notice_id=id)).data)


class InboxArchivalApi(APIView):
    """What the caller has read."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="inbox_archive", request=None, responses=ArchivedOut)
    def post(self, request: Request) -> Response:
        """Put all of it away."""
        NoInput.check(request)
        return Response({"archived": inbox_archive(principal=principal_of(request))})
