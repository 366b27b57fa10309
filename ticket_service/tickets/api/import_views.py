"""Views of imports of tickets from CSV."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.principal import principal_of
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from servicekit.pagination import CursorPagination
from tickets import selectors
from tickets.api import import_serializers as serializers
from tickets.api import representations
from tickets.api.permissions import Coordinates
from tickets.services.importing import import_cancel, import_start


class ImportsApi(APIView):
    """Imports of tickets."""

    permission_classes = [Coordinates]
    parser_classes = [MultiPartParser]
    pagination_class = CursorPagination

    @extend_schema(operation_id="imports_list", responses=serializers.ImportOutput(many=True))
    def get(self, request: Request) -> Response:
        """Newest first."""
        pages = CursorPagination()
        page = pages.paginate_queryset(selectors.import_list(), request, view=self)
        return pages.get_paginated_response([representations.ticket_import(row) for row in page])

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": serializers.ImportInput},
        responses={202: serializers.ImportOutput},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Import a file; it is done by the worker, and this import says how far it is."""
        form = serializers.ImportInput(data=request.data)
        form.is_valid(raise_exception=True)
        given: dict[str, Any] = form.validated_data
        row = import_start(actor=principal_of(request), upload=given["file"], is_dry_run=given["is_dry_run"])
        return Response(representations.ticket_import(row), status=202)


class ImportApi(APIView):
    """One import."""

    permission_classes = [Coordinates]

    @extend_schema(operation_id="imports_retrieve", responses=serializers.ImportOutput)
    def get(self, _request: Request, id: UUID) -> Response:
        """How far it is."""
        return Response(representations.ticket_import(selectors.import_get(import_id=id)))


class ImportRefusalsApi(APIView):
    """Rows that became no tickets."""

    permission_classes = [Coordinates]
    pagination_class = CursorPagination
    ordering = ("id",)

    @extend_schema(operation_id="imports_refusals_list", responses=serializers.ImportRefusalOutput(many=True))
    def get(self, request: Request, id: UUID) -> Response:
        """By line, each with all that is wrong with it."""
        pages = CursorPagination()
        rows = selectors.import_refusals(ticket_import=selectors.import_get(import_id=id))
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response([representations.import_refusal(row) for row in page])


class ImportCancellationApi(APIView):
    """The end of an import."""

    permission_classes = [Coordinates]

    @extend_schema(operation_id="imports_cancel", request=NoInput, responses={200: serializers.ImportOutput})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Stop after the rows that are dealt with; their tickets stay."""
        NoInput.check(request)
        with transaction.atomic():
            row = import_cancel(selectors.import_get(import_id=id, lock=True))
        return Response(representations.ticket_import(row))
