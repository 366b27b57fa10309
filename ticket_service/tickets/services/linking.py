"""Links between tickets: related, duplicate, blocking, parent and child."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jwtauth.principal import Principal
from tickets.access import parties_of
from tickets.errors import ActionNotPermitted, LinkImpossible, LinkTargetUnknown, TicketNotFound
from tickets.models import Ticket, TicketLink
from tickets.selectors import ticket_get
from tickets.services.recording import Revision

Relation = TicketLink.Relation


def link_add(*, ticket: Ticket, actor: Principal, relation: str, to: str) -> TicketLink:
    """Says what a ticket is to another one, named by id or number, that the actor sees; both histories tell of it.

    Raises ActionNotPermitted for anyone but staff and the requester, LinkTargetUnknown and LinkImpossible.
    """
    _check_may_link(ticket, actor)
    try:
        target_id = ticket_get(principal=actor, reference=to).pk
    except TicketNotFound:
        raise LinkTargetUnknown(to=to) from None
    if target_id == ticket.pk:
        raise LinkImpossible("A ticket is not linked to itself.")
    with transaction.atomic(savepoint=False):
        source, target = _locked(ticket.pk, target_id)
        _check_possible(source, target, Relation(relation))
        link = TicketLink(source=source, target=target, relation=relation, created_by=actor.id)
        link.save(force_insert=True)
        for one, other in ((source, target), (target, source)):
            revision = Revision(one, actor=actor.as_actor())
            revision.note("links", None, _words(relation, other, outward=one is source))
            revision.store()
    return link


def link_remove(*, link: TicketLink, ticket: Ticket, actor: Principal) -> None:
    """Ends a link of a ticket; both histories tell of it.

    Raises ActionNotPermitted for anyone but staff and the requester.
    """
    _check_may_link(ticket, actor)
    with transaction.atomic(savepoint=False):
        source, target = _locked(link.source_id, link.target_id)
        deleted, _ = TicketLink.objects.filter(pk=link.pk).delete()
        if not deleted:
            return  # somebody was quicker
        for one, other in ((source, target), (target, source)):
            revision = Revision(one, actor=actor.as_actor())
            revision.note("links", _words(link.relation, other, outward=one is source), None)
            revision.store()


def _check_may_link(ticket: Ticket, actor: Principal) -> None:
    if not actor.is_staff and not parties_of(actor, ticket):
        raise ActionNotPermitted


def _locked(source_id: UUID, target_id: UUID) -> tuple[Ticket, Ticket]:
    # In the order of their ids, so that two who link the same tickets wait for each other instead of deadlocking.
    pair = Ticket.objects.filter(pk__in=[source_id, target_id]).order_by("pk").select_for_update(no_key=True)
    rows = {row.pk: row for row in pair}
    return rows[source_id], rows[target_id]


def _check_possible(source: Ticket, target: Ticket, relation: Relation) -> None:
    same = Q(source=source, target=target)
    if relation == Relation.RELATES:
        same |= Q(source=target, target=source)
    if TicketLink.objects.filter(same, relation=relation).exists():
        raise LinkImpossible("There is this link already.")
    if relation != Relation.PARENT:
        return
    parents = TicketLink.objects.filter(relation=Relation.PARENT)
    if parents.filter(target=target).exists():
        raise LinkImpossible(f"{target.number} has a parent already.")
    if parents.filter(target=source).exists() or parents.filter(source=target).exists():
        raise LinkImpossible("A parent has no parent, and a child no children.")


def _words(relation: str, other: Ticket, *, outward: bool) -> dict[str, str]:
    return {"relation": relation, "direction": "outward" if outward else "inward", "ticket": other.number}
