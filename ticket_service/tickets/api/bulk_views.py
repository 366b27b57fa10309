"""View of one action on many tickets."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import IsUser
from jwtauth.principal import Principal, principal_of
from servicekit.idempotency import idempotent
from tickets.api import serializers
from tickets.models import Macro, Ticket
from tickets.selectors import preset_get
from tickets.services.bulk import Item, tickets_act
from tickets.services.editing import tag_add, tag_remove, ticket_update
from tickets.services.ending import ticket_close, ticket_reject, ticket_reopen
from tickets.services.macros import macro_apply, macro_require_changes

Service = Callable[[Ticket, Principal, dict[str, Any]], Ticket]

# The actions of serializers.BULK_ACTIONS.
SERVICES: dict[str, Service] = {
    "close": lambda ticket, actor, _given: ticket_close(ticket=ticket, actor=actor),
    "reject": lambda ticket, actor, given: ticket_reject(ticket=ticket, actor=actor, reason=given["reason"]),
    "reopen": lambda ticket, actor, given: ticket_reopen(ticket=ticket, actor=actor, reason=given.get("reason", "")),
    "tag": lambda ticket, actor, given: tag_add(ticket=ticket, actor=actor, tag=given["tag"]),
    "untag": lambda ticket, actor, given: tag_remove(ticket=ticket, actor=actor, tag=given["tag"]),
    "prioritise": lambda ticket, actor, given: ticket_update(
        ticket=ticket, actor=actor, fields={"priority": given["priority"]}
    ),
    "macro": lambda ticket, actor, given: macro_apply(ticket=ticket, actor=actor, macro=given["macro"]),
}


class TicketsBulkApi(APIView):
    """One action on many tickets."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="tickets_bulk", request=serializers.BulkInput, responses={200: serializers.BulkOutput})
    @idempotent
    def post(self, request: Request) -> Response:
        """Do it to each ticket as its own route would; what one refuses does not undo the others."""
        form = serializers.BulkInput(data=request.data)
        form.is_valid(raise_exception=True)
        given, actor = form.validated_data, principal_of(request)
        if given["action"] == "macro":
            given["macro"] = preset_get(Macro, principal=actor, preset_id=given["macro_id"])
            macro_require_changes(given["macro"])
        service = SERVICES[given["action"]]
        outcomes = tickets_act(
            actor=actor,
            items=[Item(**item) for item in given["tickets"]],
            action=lambda ticket: service(ticket, actor, given),
        )
        return Response({"results": [outcome._asdict() for outcome in outcomes]})
