"""How a ticket ends by a decision or by time, how it is opened again, and how its requester rates what was done."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from eventbus import ticker
from jwtauth.principal import Principal
from tickets.access import parties_of
from tickets.errors import ActionNotPermitted, TicketNotRateable
from tickets.models import Ticket
from tickets.services.recording import Revision
from tickets.status import RATEABLE, By, Status, parties_to

# Tickets that one call of tickets_close_overdue closes; the next call goes on.
CLOSE_BATCH = 100


def ticket_withdraw(*, ticket: Ticket, actor: Principal) -> Ticket:
    """Withdraws a locked ticket that is not resolved yet.

    Raises ActionNotPermitted for anyone but the requester, and TransitionNotAllowed.
    """
    return _move(ticket, actor, Status.WITHDRAWN)


def ticket_reject(*, ticket: Ticket, actor: Principal, reason: str) -> Ticket:
    """Rejects a locked ticket that is not resolved yet.

    Raises ActionNotPermitted for anyone but coordinator and administrator, and TransitionNotAllowed.
    """
    return _move(ticket, actor, Status.REJECTED, rejection_reason=reason)


def ticket_close(*, ticket: Ticket, actor: Principal, rating: int | None = None, comment: str = "") -> Ticket:
    """Closes a locked ticket that is resolved, with the requester's rating (1 to 5) if there is one.

    Raises ActionNotPermitted for anyone but requester, coordinator and administrator, and for a rating by anyone but
    the requester; and TransitionNotAllowed.
    """
    if rating is None:
        return _move(ticket, actor, Status.CLOSED)
    _check_may_rate(ticket, actor)
    return _move(ticket, actor, Status.CLOSED, rating=rating, rating_comment=comment)


def ticket_rate(*, ticket: Ticket, actor: Principal, rating: int, comment: str = "") -> Ticket:
    """Rates a locked ticket that is resolved or closed, from 1 to 5; a later rating replaces the earlier one.

    Raises ActionNotPermitted for anyone but the requester, and TicketNotRateable.
    """
    _check_may_rate(ticket, actor)
    if Status(ticket.status) not in RATEABLE:
        raise TicketNotRateable(f"It is {ticket.status}.")
    with transaction.atomic(savepoint=False):
        revision = Revision(ticket, actor=actor.as_actor())
        revision.put("rating", rating)
        revision.put("rating_comment", comment)
        revision.store()
    return ticket


def ticket_reopen(*, ticket: Ticket, actor: Principal, reason: str = "") -> Ticket:
    """Opens a locked ticket again that is resolved.

    Raises ActionNotPermitted for anyone but requester, coordinator and administrator, and TransitionNotAllowed.
    """
    parties = parties_of(actor, ticket)
    if not parties & parties_to(Status.OPEN):
        raise ActionNotPermitted
    reopen(ticket=ticket, parties=parties, actor=actor.as_actor(), reason=reason)
    return ticket


def reopen(*, ticket: Ticket, parties: frozenset[By], actor: Mapping[str, Any] | None, reason: str = "") -> None:
    """Opens a locked ticket again and forgets its resolution; the task that brought it about is not followed any more.

    Raises TransitionNotAllowed.
    """
    with transaction.atomic(savepoint=False):
        revision = Revision(ticket, actor=actor)
        revision.move(Status.OPEN, parties=parties)
        revision.put("resolution", "")
        revision.put("rating", None)
        revision.put("rating_comment", "")
        if reason:
            revision.note("reopening_reason", None, reason)
        # Its last event may be delivered again; it would resolve the ticket a second time.
        revision.store(also={"left_task_id": ticket.task_id})


def tickets_close_overdue(*, after: timedelta) -> int:
    """Closes tickets that have been resolved for `after` or longer, the earliest first; how many it were."""
    overdue = Ticket.objects.filter(status=Status.RESOLVED, resolved_at__lte=timezone.now() - after)

    @transaction.atomic
    def close(pk: UUID) -> bool:
        # Whoever holds the row is about to change it; the next call sees what became of it.
        ticket = overdue.select_for_update(no_key=True, skip_locked=True).filter(pk=pk).first()
        if ticket is None:
            return False
        revision = Revision(ticket, actor=None)
        revision.move(Status.CLOSED, parties=frozenset({By.TIME}))
        return revision.store()

    return ticker.each(list(overdue.order_by("resolved_at").values_list("pk", flat=True)[:CLOSE_BATCH]), close)


def _move(ticket: Ticket, actor: Principal, status: Status, **columns: Any) -> Ticket:
    parties = parties_of(actor, ticket)
    if not parties & parties_to(status):
        raise ActionNotPermitted
    with transaction.atomic(savepoint=False):
        revision = Revision(ticket, actor=actor.as_actor())
        revision.move(status, parties=parties)
        for column, value in columns.items():
            revision.put(column, value)
        revision.store()
    return ticket


def _check_may_rate(ticket: Ticket, actor: Principal) -> None:
    if By.REQUESTER not in parties_of(actor, ticket):
        raise ActionNotPermitted("The requester rates a ticket, nobody else.")
