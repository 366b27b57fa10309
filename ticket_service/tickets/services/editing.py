"""Changing what a ticket says."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from jwtauth.principal import Principal
from tickets.access import Reason, parties_of, user_grantee, watcher_ids_of
from tickets.custom_fields import checked
from tickets.errors import ActionNotPermitted, TicketNotEditable
from tickets.models import AccessGrant, Ticket
from tickets.selectors import active_people, category_get
from tickets.services.recording import Revision
from tickets.status import EDITABLE_BY_REQUESTER, By, Status, is_final

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
    status = Status(ticket.status)
    if not parties:
        raise ActionNotPermitted
    if is_final(status):
        raise TicketNotEditable(f"A ticket that is {ticket.status} is no longer changed.")
    if parties == {By.REQUESTER} and status not in EDITABLE_BY_REQUESTER:
        raise TicketNotEditable(f"A requester may change a ticket while it is New or Open; it is {ticket.status}.")


def _watchers_set(revision: Revision, watcher_ids: list[UUID]) -> None:
    ticket = revision.ticket
    rows = AccessGrant.objects.filter(ticket=ticket, reason=Reason.WATCHER)
    old = watcher_ids_of(rows)
    new = [str(pk) for pk in active_people(watcher_ids)]
    if old == new:
        return
    gone = {user_grantee(pk) for pk in set(old) - set(new)}
    rows.filter(grantee__in=gone).delete()
    AccessGrant.objects.bulk_create(
        AccessGrant(ticket=ticket, grantee=user_grantee(pk), reason=Reason.WATCHER)
        for pk in sorted(set(new) - set(old))
    )
    revision.note("watcher_ids", old, new)
    revision.access_changed()
