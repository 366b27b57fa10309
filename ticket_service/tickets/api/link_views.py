"""Views of what tickets are to each other."""

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
from tickets.services.linking import link_add, link_remove


class LinksApi(OneTicketApi):
    """The links of a ticket."""

    pagination_class = CursorPagination

    @extend_schema(operation_id="tickets_links_list", responses=serializers.LinkOutput(many=True))
    def get(self, request: Request, id: str) -> Response:
        """Newest first, to those tickets that the caller may see."""
        ticket = self.ticket()
        pages = CursorPagination()
        links = selectors.link_list(principal=principal_of(request), ticket=ticket)
        page = pages.paginate_queryset(links, request, view=self)
        return pages.get_paginated_response([representations.link(row, ticket=ticket) for row in page])

    @extend_schema(
        operation_id="tickets_links_create", request=serializers.LinkInput, responses={201: serializers.LinkOutput}
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Say what this ticket is to another one that the caller sees."""
        ticket = self.ticket()
        form = serializers.LinkInput(data=request.data)
        form.is_valid(raise_exception=True)
        row = link_add(ticket=ticket, actor=principal_of(request), **form.validated_data)
        return Response(representations.link(row, ticket=ticket), status=201)


class LinkApi(OneTicketApi):
    """One link."""

    @extend_schema(operation_id="tickets_links_remove", responses={204: None})
    @idempotent
    def delete(self, request: Request, id: str, link_id: UUID) -> Response:
        """End the link, from either of its tickets."""
        ticket, principal = self.ticket(), principal_of(request)
        link = selectors.link_get(principal=principal, ticket=ticket, link_id=link_id)
        link_remove(link=link, ticket=ticket, actor=principal)
        return Response(status=204)
