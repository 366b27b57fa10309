"""Views of how a ticket ends: withdrawal, rejection, closure, reopening, merger, rating."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.principal import principal_of
from servicekit.fields import NoInput, StrictSerializer
from servicekit.idempotency import idempotent
from tickets.api import serializers
from tickets.api.base import OneTicketApi
from tickets.services import ending
from tickets.services.merging import ticket_merge

WHOLE = {200: serializers.TicketOutput}


class TicketWithdrawalApi(OneTicketApi):
    """The requester takes the ticket back."""

    @extend_schema(operation_id="tickets_withdraw", request=None, responses=WHOLE)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Withdraw a ticket that is not resolved yet."""
        NoInput.check(request)
        return self.answer(ending.ticket_withdraw(ticket=self.ticket(lock=True), actor=principal_of(request)))


class TicketRejectionApi(OneTicketApi):
    """A coordinator refuses the ticket."""

    @extend_schema(operation_id="tickets_reject", request=serializers.RejectionInput, responses=WHOLE)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Reject a ticket that is not resolved yet, for a reason that its requester reads."""
        ticket = self.ticket(lock=True)
        fields = _valid(serializers.RejectionInput, request)
        return self.answer(ending.ticket_reject(ticket=ticket, actor=principal_of(request), **fields))


class TicketClosureApi(OneTicketApi):
    """A resolved ticket is accepted."""

    @extend_schema(operation_id="tickets_close", request=serializers.ClosureInput, responses=WHOLE)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Close a resolved ticket; its requester may rate it."""
        ticket = self.ticket(lock=True)
        fields = _valid(serializers.ClosureInput, request)
        return self.answer(ending.ticket_close(ticket=ticket, actor=principal_of(request), **fields))


class TicketReopeningApi(OneTicketApi):
    """A resolved ticket is not accepted."""

    @extend_schema(operation_id="tickets_reopen", request=serializers.ReopeningInput, responses=WHOLE)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Open a resolved ticket again; workflow-api starts a new task."""
        ticket = self.ticket(lock=True)
        fields = _valid(serializers.ReopeningInput, request)
        return self.answer(ending.ticket_reopen(ticket=ticket, actor=principal_of(request), **fields))


class TicketMergerApi(OneTicketApi):
    """The ticket says the same as another."""

    @extend_schema(operation_id="tickets_merge", request=serializers.MergerInput, responses=WHOLE)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Merge the ticket into another: it ends, and its requester and watchers watch the other."""
        ticket = self.ticket()
        fields = _valid(serializers.MergerInput, request)
        return self.answer(ticket_merge(ticket=ticket, actor=principal_of(request), **fields))


class TicketRatingApi(OneTicketApi):
    """The requester says how content they are."""

    @extend_schema(operation_id="tickets_rate", request=serializers.RatingInput, responses=WHOLE)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Rate a resolved or closed ticket; a later rating replaces the earlier one."""
        ticket = self.ticket(lock=True)
        fields = _valid(serializers.RatingInput, request)
        return self.answer(ending.ticket_rate(ticket=ticket, actor=principal_of(request), **fields))


def _valid(form_class: type[StrictSerializer], request: Request) -> dict[str, Any]:
    form = form_class(data=request.data)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)
