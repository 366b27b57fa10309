"""Merging: two tickets about the same thing become one."""

from uuid import UUID

from django.db import transaction

import eventbus
from jwtauth.principal import Principal
from tickets import events
from tickets.access import Reason, parties_of, watcher_ids_of
from tickets.errors import ActionNotPermitted, MergeImpossible, MergeTargetUnknown, TicketNotFound
from tickets.models import AccessGrant, Ticket
from tickets.selectors import ticket_get
from tickets.services.editing import watchers_replace
from tickets.services.recording import Revision
from tickets.status import Status, is_final, parties_to


def ticket_merge(*, ticket: Ticket, actor: Principal, into: str) -> Ticket:
    """Ends a ticket as a part of another, named by id or number, whose watchers its requester and watchers become.

    What was attached and said stays where it is. Raises ActionNotPermitted for anyone but coordinator and
    administrator, MergeTargetUnknown, MergeImpossible and TransitionNotAllowed.
    """
    if not parties_of(actor, ticket) & parties_to(Status.MERGED):
        raise ActionNotPermitted
    try:
        target_id = ticket_get(principal=actor, reference=into).pk
    except TicketNotFound:
        raise MergeTargetUnknown(into=into) from None
    if target_id == ticket.pk:
        raise MergeImpossible("A ticket is not merged into itself.")
    with transaction.atomic(savepoint=False):
        # In the order of their ids, so that two mergers of the same tickets wait for each other instead of deadlocking.
        pair = Ticket.objects.filter(pk__in=[ticket.pk, target_id]).order_by("pk").select_for_update(no_key=True)
        locked = {row.pk: row for row in pair}
        source, target = locked[ticket.pk], locked[target_id]
        if is_final(Status(target.status)):
            raise MergeImpossible(f"{target.number} is {target.status} and takes no other ticket in.")
        revision = Revision(source, actor=actor.as_actor())
        revision.move(Status.MERGED, parties=parties_of(actor, source))
        revision.put("merged_into_id", target.pk)
        revision.store()
        eventbus.publish(
            events.MERGED,
            aggregate_id=source.pk,
            version=source.version,
            data=events.ticket_state(source),
            change={"into_id": target.pk, "into_number": target.number},
        )
        _take_in(target, source, actor)
    return source


def _take_in(target: Ticket, source: Ticket, actor: Principal) -> None:
    revision = Revision(target, actor=actor.as_actor())
    revision.note("merged_from", None, source.number)
    present = {UUID(pk) for pk in _watchers(target)}
    wanted = present | {UUID(pk) for pk in _watchers(source)} | {source.requester_id}
    wanted -= {target.requester_id} - present
    if wanted != present:
        watchers_replace(revision, old=present, new=wanted)
    revision.store()


def _watchers(ticket: Ticket) -> list[str]:
    return watcher_ids_of(AccessGrant.objects.filter(ticket=ticket, reason=Reason.WATCHER))
