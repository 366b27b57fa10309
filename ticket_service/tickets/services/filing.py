"""Filing a ticket."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

import eventbus
from jwtauth.principal import Principal
from tickets import events
from tickets.access import Reason, user_grantee
from tickets.custom_fields import checked
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
    requester: Principal,
    subject: str,
    description: str,
    category: str,
    sub_category: str = "",
    priority: str = "Medium",
    department: str | None = None,
    tags: Sequence[str] = (),
    custom_fields: Mapping[str, Any] | None = None,
    watcher_ids: Iterable[UUID] = (),
    uploads: "Sequence[File[Any]]" = (),
) -> Filed:
    """Stores a new ticket of `requester` with its attachments, and its event.

    `department` None takes the requester's own. Raises CategoryUnknown,
    CustomFieldsInvalid, WatcherUnknown and the errors of attachments.
    """
    with transaction.atomic(savepoint=False):
        kind = category_get(slug=category, sub_category=sub_category, requester_id=requester.id)
        watchers = active_people(watcher_ids)
        now = timezone.now()
        ticket = Ticket(
            subject=subject,
            description=description,
            category_id=kind.slug,
            sub_category=sub_category,
            priority=priority,
            department=kind.department if department is None else department,
            tags=list(tags),
            custom_fields=checked(kind.custom_fields, custom_fields or {}),
            requester_id=requester.id,
            created_at=now,
            updated_at=now,
        )
        grants = [
            AccessGrant(ticket=ticket, grantee=user_grantee(requester.id), reason=Reason.REQUESTER),
            *(AccessGrant(ticket=ticket, grantee=user_grantee(pk), reason=Reason.WATCHER) for pk in watchers),
        ]
        files = attachments_store(ticket=ticket, uploads=uploads, uploaded_by=requester.id)
        ticket.number = number_next(year=now.year)
        ticket.save(force_insert=True)
        AccessGrant.objects.bulk_create(grants)
        if files:
            TicketAttachment.objects.bulk_create(files)
        history_add(ticket=ticket, changes={"status": (None, ticket.status)}, actor=requester.as_actor())
        eventbus.publish(
            events.CREATED,
            aggregate_id=ticket.pk,
            version=ticket.version,
            data=events.ticket_state(ticket, grants=grants, attachments=files),
        )
    return Filed(ticket, grants, files)
