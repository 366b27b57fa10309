"""Views of macros for one ticket."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.permissions import IsStaff
from jwtauth.principal import principal_of
from servicekit.concurrency import etag, require_match
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH
from tickets import selectors
from tickets.api import macro_serializers as serializers
from tickets.api import representations
from tickets.api.base import OneTicketApi
from tickets.models import Macro
from tickets.services.macros import macro_apply


class TicketMacroApi(OneTicketApi):
    """A macro for one ticket."""

    permission_classes = [IsStaff]

    @extend_schema(operation_id="tickets_macro", responses=serializers.MacroPreviewOutput)
    def get(self, request: Request, id: str, macro_id: UUID) -> Response:
        """What it would do to the ticket, of which the ETag is the version; nothing is done."""
        ticket, me = self.ticket(), principal_of(request)
        macro = selectors.preset_get(Macro, principal=me, preset_id=macro_id)
        preview = selectors.macro_preview(macro=macro, ticket=ticket, principal=me)
        return Response(representations.macro_preview(preview), headers={"ETag": etag(ticket.version)})


class TicketMacroApplicationApi(OneTicketApi):
    """A macro is applied to a ticket."""

    permission_classes = [IsStaff]

    @extend_schema(
        operation_id="tickets_macro_apply",
        request=None,
        parameters=[IF_MATCH],
        responses={200: serializers.MacroAppliedOutput},
    )
    @idempotent
    def post(self, request: Request, id: str, macro_id: UUID) -> Response:
        """Do all that the macro says, or nothing; its reply is given to be read and posted as a comment."""
        NoInput.check(request)
        ticket, me = self.ticket(lock=True), principal_of(request)
        macro = selectors.preset_get(Macro, principal=me, preset_id=macro_id)
        require_match(request, ticket.version)
        macro_apply(macro=macro, ticket=ticket, actor=me)
        body = {
            "ticket": representations.ticket(ticket, principal=me),
            "reply": selectors.macro_reply(macro=macro, ticket=ticket, principal=me),
        }
        return Response(body, headers={"ETag": etag(ticket.version)})
