"""One action on many tickets, each for itself: what one refuses does not undo the others."""

from collections.abc import Callable, Iterable
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from jwtauth.principal import Principal
from servicekit.concurrency import PreconditionFailed
from servicekit.problems import Problem
from tickets.models import Ticket
from tickets.selectors import ticket_get

Action = Callable[[Ticket], Ticket]


class Item(NamedTuple):
    """A ticket and the version of it that the caller has seen."""

    id: UUID
    version: int


class Outcome(NamedTuple):
    """What became of one ticket: its new version, or the problem as its own request would have answered it."""

    id: UUID
    status: int
    version: int | None
    code: str
    detail: str


def tickets_act(*, actor: Principal, items: Iterable[Item], action: Action) -> list[Outcome]:
    """Does the action to each ticket that the actor sees and knows in its present version; the outcomes by id."""
    # Locks are taken in the order of the ids, so that two such calls wait for each other instead of deadlocking.
    return [_act(actor, item, action) for item in sorted(set(items))]


def _act(actor: Principal, item: Item, action: Action) -> Outcome:
    try:
        with transaction.atomic():
            ticket = ticket_get(principal=actor, reference=str(item.id), lock=True)
            if ticket.version != item.version:
                raise PreconditionFailed
            ticket = action(ticket)
    except Problem as problem:
        return Outcome(item.id, problem.status, None, problem.code, problem.detail or problem.title)
    return Outcome(item.id, 200, ticket.version, "", "")
