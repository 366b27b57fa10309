"""Views of what people keep to work with: saved views, canned replies and macros."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from jwtauth.permissions import IsStaff, IsUser
from jwtauth.principal import Principal, principal_of
from servicekit.concurrency import etag, require_match
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH
from servicekit.pagination import CursorPagination
from tickets import selectors
from tickets.api import preset_serializers as serializers
from tickets.api import representations
from tickets.api.base import OneTicketApi
from tickets.api.macro_serializers import MacroInput, MacroOutput
from tickets.models import CannedReply, Macro, SavedView
from tickets.services.presets import preset_change, preset_create, preset_delete


class PresetsApi(APIView):
    """All of one kind."""

    pagination_class = CursorPagination
    model: ClassVar[Any]
    input: ClassVar[type[BaseSerializer[Any]]]

    def get(self, request: Request) -> Response:
        """One's own, and for staff what is shared; newest first."""
        pages = CursorPagination()
        rows = selectors.preset_list(self.model, principal=principal_of(request))
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response([representations.preset(row) for row in page])

    @idempotent
    def post(self, request: Request) -> Response:
        """Keep one; sharing it is for coordinators and administrators."""
        form = self.input(data=request.data)
        form.is_valid(raise_exception=True)
        row = self.create(actor=principal_of(request), fields=form.validated_data)
        return Response(representations.preset(row), status=201, headers={"ETag": etag(row.version)})

    def create(self, *, actor: Principal, fields: dict[str, Any]) -> Any:
        """Keeps one."""
        return preset_create(self.model, actor=actor, fields=fields)


class PresetApi(APIView):
    """One of a kind."""

    model: ClassVar[Any]
    input: ClassVar[type[BaseSerializer[Any]]]

    def get(self, _request: Request, id: UUID) -> Response:
        """One of them; its version is the ETag."""
        return self.answer(self.row(id))

    def patch(self, request: Request, id: UUID) -> Response:
        """Change some fields of the version that `If-Match` names."""
        form = self.input(data=request.data, partial=True)
        with transaction.atomic():
            row = self.row(id, lock=True)
            require_match(request, row.version)
            form.is_valid(raise_exception=True)
            return self.answer(self.change(row, actor=principal_of(request), fields=form.validated_data))

    def delete(self, request: Request, id: UUID) -> Response:
        """Forget it."""
        with transaction.atomic():
            self.forget(self.row(id, lock=True), actor=principal_of(request))
        return Response(status=204)

    def change(self, row: Any, *, actor: Principal, fields: dict[str, Any]) -> Any:
        """Changes a locked one."""
        return preset_change(row, actor=actor, fields=fields)

    def forget(self, row: Any, *, actor: Principal) -> None:
        """Forgets a locked one."""
        preset_delete(row, actor=actor)

    def row(self, pk: UUID, *, lock: bool = False) -> Any:
        """The row, if the caller has it.

        Raises PresetNotFound.
        """
        return selectors.preset_get(self.model, principal=principal_of(self.request), preset_id=pk, lock=lock)

    def answer(self, row: Any) -> Response:
        """The row with its ETag."""
        return Response(representations.preset(row), headers={"ETag": etag(row.version)})


@extend_schema_view(
    get=extend_schema(operation_id="saved_views_list", responses=serializers.SavedViewOutput(many=True)),
    post=extend_schema(
        operation_id="saved_views_create",
        request=serializers.SavedViewInput,
        responses={201: serializers.SavedViewOutput},
    ),
)
class SavedViewsApi(PresetsApi):
    """Saved views."""

    permission_classes = [IsUser]
    model = SavedView
    input = serializers.SavedViewInput


@extend_schema_view(
    get=extend_schema(operation_id="saved_views_retrieve", responses=serializers.SavedViewOutput),
    patch=extend_schema(
        operation_id="saved_views_update",
        request=serializers.SavedViewInput,
        parameters=[IF_MATCH],
        responses=serializers.SavedViewOutput,
    ),
    delete=extend_schema(operation_id="saved_views_delete", responses={204: None}),
)
class SavedViewApi(PresetApi):
    """One saved view."""

    permission_classes = [IsUser]
    model = SavedView
    input = serializers.SavedViewInput


@extend_schema_view(
    get=extend_schema(operation_id="canned_replies_list", responses=serializers.CannedReplyOutput(many=True)),
    post=extend_schema(
        operation_id="canned_replies_create",
        request=serializers.CannedReplyInput,
        responses={201: serializers.CannedReplyOutput},
    ),
)
class CannedRepliesApi(PresetsApi):
    """Canned replies."""

    permission_classes = [IsStaff]
    model = CannedReply
    input = serializers.CannedReplyInput


@extend_schema_view(
    get=extend_schema(operation_id="canned_replies_retrieve", responses=serializers.CannedReplyOutput),
    patch=extend_schema(
        operation_id="canned_replies_update",
        request=serializers.CannedReplyInput,
        parameters=[IF_MATCH],
        responses=serializers.CannedReplyOutput,
    ),
    delete=extend_schema(operation_id="canned_replies_delete", responses={204: None}),
)
class CannedReplyApi(PresetApi):
    """One canned reply."""

    permission_classes = [IsStaff]
    model = CannedReply
    input = serializers.CannedReplyInput


@extend_schema_view(
    get=extend_schema(operation_id="macros_list", responses=MacroOutput(many=True)),
    post=extend_schema(operation_id="macros_create", request=MacroInput, responses={201: MacroOutput}),
)
class MacrosApi(PresetsApi):
    """Macros."""

    permission_classes = [IsStaff]
    model = Macro
    input = MacroInput


@extend_schema_view(
    get=extend_schema(operation_id="macros_retrieve", responses=MacroOutput),
    patch=extend_schema(operation_id="macros_update", request=MacroInput, parameters=[IF_MATCH], responses=MacroOutput),
    delete=extend_schema(operation_id="macros_delete", responses={204: None}),
)
class MacroApi(PresetApi):
    """One macro."""

    permission_classes = [IsStaff]
    model = Macro
    input = MacroInput


class TicketCannedReplyApi(OneTicketApi):
    """A canned reply for one ticket."""

    permission_classes = [IsStaff]

    @extend_schema(operation_id="tickets_canned_reply", responses=serializers.FilledReplyOutput)
    def get(self, request: Request, id: str, reply_id: UUID) -> Response:
        """Its text with the placeholders filled in, to be read and posted as a comment."""
        ticket, me = self.ticket(), principal_of(request)
        reply = selectors.preset_get(CannedReply, principal=me, preset_id=reply_id)
        return Response({"body": selectors.reply_filled_in(body=reply.body, ticket=ticket, principal=me)})
