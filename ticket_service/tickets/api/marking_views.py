"""Views of a ticket's watchers and tags."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.principal import principal_of
from servicekit.idempotency import idempotent
from servicekit.pagination import CursorPagination
from tickets import selectors
from tickets.api import representations, serializers
from tickets.api.base import OneTicketApi
from tickets.services import editing

WHOLE = {200: serializers.TicketOutput}


class WatchersApi(OneTicketApi):
    """Those who watch a ticket: they see it and are told of it."""

    pagination_class = CursorPagination

    @extend_schema(operation_id="tickets_watchers_list", responses=serializers.WatcherOutput(many=True))
    def get(self, request: Request, id: str) -> Response:
        """The ticket's watchers."""
        pages = CursorPagination()
        page = pages.paginate_queryset(selectors.watcher_list(ticket=self.ticket()), request, view=self)
        return pages.get_paginated_response(representations.watchers(page))

    @extend_schema(operation_id="tickets_watchers_add", request=serializers.WatcherInput, responses=WHOLE)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Let someone watch the ticket: oneself, or anyone by those who may edit it."""
        ticket = self.ticket(lock=True)
        form = serializers.WatcherInput(data=request.data)
        form.is_valid(raise_exception=True)
        return self.answer(editing.watcher_add(ticket=ticket, actor=principal_of(request), **form.validated_data))


class WatcherApi(OneTicketApi):
    """One watcher."""

    @extend_schema(operation_id="tickets_watchers_remove", responses={204: None})
    @idempotent
    def delete(self, request: Request, id: str, user_id: UUID) -> Response:
        """End the watching; also of someone who does not watch."""
        editing.watcher_remove(ticket=self.ticket(lock=True), actor=principal_of(request), user_id=user_id)
        return Response(status=204)


class TagApi(OneTicketApi):
    """One tag of a ticket. Other tags stay as they are, so that no version need be named."""

    @extend_schema(operation_id="tickets_tags_add", request=None, responses=WHOLE)
    @idempotent
    def put(self, request: Request, id: str, tag: str) -> Response:
        """Give the ticket the tag, if it does not have it."""
        return self.answer(editing.tag_add(ticket=self.ticket(lock=True), actor=principal_of(request), tag=tag))

    @extend_schema(operation_id="tickets_tags_remove", responses={204: None})
    @idempotent
    def delete(self, request: Request, id: str, tag: str) -> Response:
        """Take the tag from the ticket, if it has it."""
        editing.tag_remove(ticket=self.ticket(lock=True), actor=principal_of(request), tag=tag)
        return Response(status=204)
