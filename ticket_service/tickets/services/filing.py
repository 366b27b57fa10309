"""Filing a ticket."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

import eventbus
from jwtauth import people
from jwtauth.principal import Principal
from tickets import events
from tickets.access import Reason, user_grantee
from tickets.custom_fields import checked
from tickets.errors import ActionNotPermitted, RequesterUnknown
from tickets.models import AccessGrant, Ticket, TicketAttachment
from tickets.selectors import active_people, category_get
from tickets.services.attaching import attachments_store
from tickets.services.numbering import number_next
from tickets.services.recording import history_add


class Filed(NamedTuple):
    """A new ticket with what was stored beside it, so that nobody need read it again."""

    ticket: Ticket
    grants: list[AccessGrant]
    attachments: list[TicketAttachment]


def ticket_file(
    *,
    actor: Principal,
    subject: str,
    description: str,
    category: str,
    sub_category: str = "",
    priority: str = "Medium",
    department: str | None = None,
    tags: Sequence[str] = (),
    custom_fields: Mapping[str, Any] | None = None,
    watcher_ids: Iterable[UUID] = (),
    requester_id: UUID | None = None,
    uploads: "Sequence[File[Any]]" = (),
    ticket_id: UUID | None = None,
    schedule: str = "",
) -> Filed:
    """Stores a new ticket with its attachments, and its event.

    It is the actor's own unless `requester_id` names somebody for whom staff files it; who does that watches the
    ticket. `department` None takes the requester's own; `ticket_id` None makes one. `schedule` is the name of that by
    which it is filed: then its history has that, and nobody as who filed it. Raises ActionNotPermitted,
    RequesterUnknown, CategoryUnknown, CustomFieldsInvalid, WatcherUnknown and the errors of attachments.
    """
    with transaction.atomic(savepoint=False):
        requester = _requester(actor, requester_id)
        kind = category_get(slug=category, sub_category=sub_category, requester_id=requester)
        watchers = {*active_people(watcher_ids), *({actor.id} if requester != actor.id else ())}
        now = timezone.now()
        ticket = Ticket(
            **({"pk": ticket_id} if ticket_id else {}),
            subject=subject,
            description=description,
            category_id=kind.slug,
            sub_category=sub_category,
            priority=priority,
            department=kind.department if department is None else department,
            tags=list(tags),
            custom_fields=checked(kind.custom_fields, custom_fields or {}),
            requester_id=requester,
            created_at=now,
            updated_at=now,
        )
        grants = [
            AccessGrant(ticket=ticket, grantee=user_grantee(requester), reason=Reason.REQUESTER),
            *(AccessGrant(ticket=ticket, grantee=user_grantee(pk), reason=Reason.WATCHER) for pk in sorted(watchers)),
        ]
        files = attachments_store(ticket=ticket, uploads=uploads, uploaded_by=actor.id)
        ticket.number = number_next(year=now.year)
        ticket.save(force_insert=True)
        AccessGrant.objects.bulk_create(grants)
        if files:
            TicketAttachment.objects.bulk_create(files)
        history_add(
            ticket=ticket,
            changes={"status": (None, ticket.status), **({"schedule": (None, schedule)} if schedule else {})},
            actor=None if schedule else actor.as_actor(),
        )
        eventbus.publish(
            events.CREATED,
            aggregate_id=ticket.pk,
            version=ticket.version,
            data=events.ticket_state(ticket, grants=grants, attachments=files),
        )
    return Filed(ticket, grants, files)


def _requester(actor: Principal, requester_id: UUID | None) -> UUID:
    if requester_id in (None, actor.id):
        return actor.id
    if not actor.is_staff:
        raise ActionNotPermitted("Staff files tickets for others.")
    person = people.by_ids([requester_id]).get(requester_id)
    if person is None or not person.is_active:
        raise RequesterUnknown(requester_id=str(requester_id))
    return requester_id
