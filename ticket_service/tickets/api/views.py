"""Views of tickets: they translate between HTTP, selectors and services, and decide nothing."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from servicekit.concurrency import etag, require_match
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH
from servicekit.pagination import CursorPagination
from servicekit.parsers import JSONParser
from servicekit.reading import read_query
from tickets import forms, selectors
from tickets.api import representations, serializers
from tickets.api.base import OneTicketApi
from tickets.api.permissions import FilesTickets
from tickets.services.editing import ticket_update
from tickets.services.filing import ticket_file


class TicketsApi(APIView):
    """The tickets that the caller may see; filing one."""

    parser_classes = [JSONParser, MultiPartParser]
    pagination_class = CursorPagination

    def get_permissions(self) -> list[BasePermission]:
        """Everyone may ask for their tickets; not everyone files one."""
        return [FilesTickets()] if self.request.method == "POST" else [IsUser()]

    @extend_schema(
        operation_id="tickets_list",
        parameters=[serializers.TicketFilters],
        responses=serializers.TicketSummaryOutput(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first. A search that finds nothing looks for misspelt words of subjects and for pieces of numbers."""
        query = read_query(serializers.TicketFilters, request)
        filters: dict[str, Any] = dict(query)
        text = filters.pop("q", "")
        pages = CursorPagination()

        def page(*, similar: bool) -> list[Any]:
            found = selectors.ticket_list(
                principal=principal_of(request), filters=filters, text=text, similar=similar
            ).values(*representations.SUMMARY_COLUMNS)
            return pages.paginate_queryset(found, request, view=self)

        rows = page(similar=False)
        if text and not rows:
            rows = page(similar=True)
        return pages.get_paginated_response(representations.ticket_summaries(rows))

    @extend_schema(
        operation_id="tickets_create",
        request={
            "application/json": forms.TicketNewInput,
            "multipart/form-data": serializers.TicketFilingInput,
        },
        responses={201: serializers.TicketOutput},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """File a ticket."""
        form = serializers.TicketFilingInput(data=request.data)
        form.is_valid(raise_exception=True)
        fields: dict[str, Any] = dict(form.validated_data)
        uploads = fields.pop("attachments", [])
        principal = principal_of(request)
        filed = ticket_file(actor=principal, uploads=uploads, **fields)
        body = representations.ticket(
            filed.ticket, grants=filed.grants, attachments=filed.attachments, principal=principal
        )
        return Response(body, status=201, headers={"ETag": etag(filed.ticket.version)})


class TicketApi(OneTicketApi):
    """One ticket."""

    @extend_schema(operation_id="tickets_retrieve", responses=serializers.TicketOutput)
    def get(self, _request: Request, id: str) -> Response:
        """The ticket with its attachments; its version is the ETag."""
        return self.answer(self.ticket())

    @extend_schema(
        operation_id="tickets_update",
        request=forms.TicketInput,
        parameters=[IF_MATCH],
        responses=serializers.TicketOutput,
    )
    def patch(self, request: Request, id: str) -> Response:
        """Change some fields of the version that `If-Match` names."""
        form = forms.TicketInput(data=request.data, partial=True)
        with transaction.atomic():
            ticket = self.ticket(lock=True)
            require_match(request, ticket.version)
            form.is_valid(raise_exception=True)
            ticket_update(ticket=ticket, actor=principal_of(request), fields=form.validated_data)
            return self.answer(ticket)


class TicketHistoryApi(OneTicketApi):
    """What has happened to a ticket."""

    pagination_class = CursorPagination

    @extend_schema(operation_id="tickets_history_list", responses=serializers.HistoryEntryOutput(many=True))
    def get(self, request: Request, id: str) -> Response:
        """Newest first."""
        pages = CursorPagination()
        page = pages.paginate_queryset(selectors.ticket_history(ticket=self.ticket()), request, view=self)
        shown = selectors.history_shown(principal=principal_of(request), entries=page)
        return pages.get_paginated_response([representations.history_entry(row) for row in shown])
