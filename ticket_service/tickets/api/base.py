"""What the views about one ticket have in common."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from servicekit.concurrency import etag
from tickets import selectors
from tickets.api import representations
from tickets.models import Ticket


class OneTicketApi(APIView):
    """A view of the ticket that `id` in its path names, by id or by number."""

    permission_classes = [IsUser]

    def ticket(self, *, lock: bool = False) -> Ticket:
        """The ticket, if the caller may see it.

        Raises TicketNotFound.
        """
        return selectors.ticket_get(principal=principal_of(self.request), reference=str(self.kwargs["id"]), lock=lock)

    def check_replay(self, _request: Request, *_args: Any, **_kwargs: Any) -> None:
        """Before a stored answer is repeated: the caller must still see the ticket."""
        self.ticket()

    def answer(self, ticket: Ticket) -> Response:
        """The whole ticket with its ETag."""
        body = representations.ticket(ticket, principal=principal_of(self.request))
        return Response(body, headers={"ETag": etag(ticket.version)})
