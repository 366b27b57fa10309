"""Views of a ticket's attachments."""

from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

import attachments
from jwtauth.principal import principal_of
from servicekit.idempotency import idempotent
from servicekit.pagination import CursorPagination
from tickets import selectors
from tickets.api import representations, serializers
from tickets.api.base import OneTicketApi
from tickets.services.attaching import ticket_attach


class AttachmentsApi(OneTicketApi):
    """The files of a ticket."""

    parser_classes = [MultiPartParser]
    pagination_class = CursorPagination

    @extend_schema(operation_id="tickets_attachments_list", responses=serializers.AttachmentOutput(many=True))
    def get(self, request: Request, id: str) -> Response:
        """Newest first, without their bytes."""
        pages = CursorPagination()
        page = pages.paginate_queryset(selectors.attachment_list(ticket=self.ticket()), request, view=self)
        return pages.get_paginated_response([representations.attachment(row) for row in page])

    @extend_schema(
        operation_id="tickets_attachments_create",
        request={"multipart/form-data": serializers.AttachmentInput},
        responses={201: serializers.AttachmentOutput},
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Add one file."""
        ticket = self.ticket(lock=True)
        form = serializers.AttachmentInput(data=request.data)
        form.is_valid(raise_exception=True)
        row = ticket_attach(ticket=ticket, actor=principal_of(request), upload=form.validated_data["file"])
        return Response(representations.attachment(row), status=201)


class AttachmentContentApi(OneTicketApi):
    """A file's bytes."""

    @extend_schema(operation_id="tickets_attachments_content", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, _request: Request, id: str, attachment_id: UUID) -> HttpResponseBase:
        """The file, always as a download."""
        row = selectors.attachment_get(ticket=self.ticket(), attachment_id=attachment_id)
        return attachments.download(row)
