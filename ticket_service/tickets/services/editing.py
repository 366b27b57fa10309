"""Changing what a ticket says."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from jwtauth.principal import Principal
from tickets.access import Reason, parties_of, user_grantee, watcher_ids_of
from tickets.custom_fields import checked
from tickets.errors import ActionNotPermitted, TicketNotEditable, TooManyTags, TooManyWatchers
from tickets.models import MAX_TAGS, MAX_WATCHERS, AccessGrant, Ticket
from tickets.selectors import active_people, category_get
from tickets.services.recording import Revision
from tickets.status import Status, is_final, may_edit

_COLUMNS = {"subject", "description", "sub_category", "priority", "department", "tags", "custom_fields"}


def ticket_update(*, ticket: Ticket, actor: Principal, fields: Mapping[str, Any]) -> Ticket:
    """Changes fields of a locked ticket: subject, description, category, sub_category, priority, department, tags,
    custom_fields (all of them at once), watcher_ids.

    A category that changes takes its sub-category and custom fields with it: without new ones, the old are dropped.
    Raises ActionNotPermitted, TicketNotEditable, CategoryUnknown, CustomFieldsInvalid and WatcherUnknown.
    """
    _check_may_edit(ticket, actor)
    values = dict(fields)
    with transaction.atomic(savepoint=False):
        revision = Revision(ticket, actor=actor.as_actor())
        category = values.get("category", ticket.category_id)
        if category != ticket.category_id:
            values.setdefault("sub_category", "")
            values.setdefault("custom_fields", {})
        if values.keys() & {"category", "sub_category", "custom_fields"}:
            kind = category_get(
                slug=category, sub_category=values.get("sub_category", ticket.sub_category), requester_id=actor.id
            )
            revision.put("category_id", category)
            if "custom_fields" in values:
                values["custom_fields"] = checked(kind.custom_fields, values["custom_fields"])
        for column in sorted(_COLUMNS & values.keys()):
            revision.put(column, values[column])
        if "watcher_ids" in values:
            _watchers_set(revision, values["watcher_ids"])
        revision.store()
    return ticket


def _check_may_edit(ticket: Ticket, actor: Principal) -> None:
    parties = parties_of(actor, ticket)
    if not parties:
        raise ActionNotPermitted
    if may_edit(status=Status(ticket.status), parties=parties):
        return
    if is_final(Status(ticket.status)):
        raise TicketNotEditable(f"A ticket that is {ticket.status} is no longer changed.")
    raise TicketNotEditable(f"A requester may change a ticket while it is New or Open; it is {ticket.status}.")


def watcher_add(*, ticket: Ticket, actor: Principal, user_id: UUID) -> Ticket:
    """Lets someone watch a locked ticket: oneself, or anyone by a party to the ticket (access.parties_of).

    Raises ActionNotPermitted, TicketNotEditable, TooManyWatchers and WatcherUnknown.
    """
    _check_may_watch(ticket, actor, user_id)
    if is_final(Status(ticket.status)):
        raise TicketNotEditable(f"A ticket that is {ticket.status} is no longer changed.")
    return _watchers_change(ticket, actor, lambda ids: ids | {user_id})


def watcher_remove(*, ticket: Ticket, actor: Principal, user_id: UUID) -> Ticket:
    """Ends someone's watching of a locked ticket, whatever its status; nothing happens if they do not watch it.

    Raises ActionNotPermitted.
    """
    _check_may_watch(ticket, actor, user_id)
    return _watchers_change(ticket, actor, lambda ids: ids - {user_id})


def tag_add(*, ticket: Ticket, actor: Principal, tag: str) -> Ticket:
    """Gives a locked ticket a tag; raises what ticket_update does, and TooManyTags."""
    if tag not in ticket.tags and len(ticket.tags) >= MAX_TAGS:
        raise TooManyTags
    return ticket_update(ticket=ticket, actor=actor, fields={"tags": sorted({*ticket.tags, tag})})


def tag_remove(*, ticket: Ticket, actor: Principal, tag: str) -> Ticket:
    """Takes a tag from a locked ticket, if it has it; raises what ticket_update does."""
    return ticket_update(ticket=ticket, actor=actor, fields={"tags": sorted({*ticket.tags} - {tag})})


def _check_may_watch(ticket: Ticket, actor: Principal, user_id: UUID) -> None:
    if user_id != actor.id and not parties_of(actor, ticket):
        raise ActionNotPermitted


def _watchers_change(ticket: Ticket, actor: Principal, change: Callable[[set[UUID]], set[UUID]]) -> Ticket:
    with transaction.atomic(savepoint=False):
        rows = AccessGrant.objects.filter(ticket=ticket, reason=Reason.WATCHER)
        present = {UUID(pk) for pk in watcher_ids_of(rows)}
        wanted = change(present)
        if len(wanted) > max(MAX_WATCHERS, len(present)):
            raise TooManyWatchers
        if wanted != present:
            active_people(wanted - present)
            revision = Revision(ticket, actor=actor.as_actor())
            watchers_replace(revision, old=present, new=wanted)
            revision.store()
    return ticket


def watchers_replace(revision: Revision, *, old: set[UUID], new: set[UUID]) -> None:
    """Makes `new` the watchers of a revision's ticket, which has `old`."""
    gone = {user_grantee(pk) for pk in old - new}
    AccessGrant.objects.filter(ticket=revision.ticket, reason=Reason.WATCHER, grantee__in=gone).delete()
    AccessGrant.objects.bulk_create(
        AccessGrant(ticket=revision.ticket, grantee=user_grantee(pk), reason=Reason.WATCHER) for pk in sorted(new - old)
    )
    revision.note("watcher_ids", sorted(map(str, old)), sorted(map(str, new)))
    revision.access_changed()


def _watchers_set(revision: Revision, watcher_ids: list[UUID]) -> None:
    rows = AccessGrant.objects.filter(ticket=revision.ticket, reason=Reason.WATCHER)
    old, new = {UUID(pk) for pk in watcher_ids_of(rows)}, set(active_people(watcher_ids))
    if old != new:
        watchers_replace(revision, old=old, new=new)
