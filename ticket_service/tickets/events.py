"""What ticket-service tells the others: a ticket's public state and its resync."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction

import eventbus
from tickets.access import access_of, watcher_ids_of
from tickets.models import AccessGrant, Ticket, TicketAttachment

CREATED = "ticket.created.v1"
UPDATED = "ticket.updated.v1"
STATUS_CHANGED = "ticket.status_changed.v1"
ACCESS_CHANGED = "ticket.access_changed.v1"
MERGED = "ticket.merged.v1"

RESYNC_BATCH = 500


def ticket_state(
    ticket: Ticket,
    *,
    grants: Iterable[AccessGrant] | None = None,
    attachments: Iterable[TicketAttachment] | None = None,
) -> dict[str, Any]:
    """A ticket's public state, as contracts/state/ticket.schema.json describes it.

    `grants` and `attachments` are those of the ticket; what is not given is read (one query each, none if prefetched).
    """
    held = list(ticket.grants.all() if grants is None else grants)
    files = sorted(ticket.attachments.all() if attachments is None else attachments, key=lambda file: file.pk)
    return {
        "id": ticket.pk,
        "number": ticket.number,
        "subject": ticket.subject,
        "description": ticket.description,
        "category": ticket.category_id,
        "sub_category": ticket.sub_category,
        "priority": ticket.priority,
        "department": ticket.department,
        "status": ticket.status,
        "requester_id": ticket.requester_id,
        "assignee_id": ticket.assignee_id,
        "watcher_ids": watcher_ids_of(held),
        "tags": ticket.tags,
        "custom_fields": ticket.custom_fields,
        "attachments": [
            {"id": file.pk, "filename": file.filename, "content_type": file.content_type, "size": file.size}
            for file in files
        ],
        "access": access_of(held),
        "merged_into_id": ticket.merged_into_id,
        "resolution": ticket.resolution,
        "rejection_reason": ticket.rejection_reason,
        "rating": ticket.rating,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "resolved_at": ticket.resolved_at,
        "closed_at": ticket.closed_at,
    }


@eventbus.resyncs("ticket")
def resync_tickets() -> Iterator[Ticket]:
    """Publishes every ticket's present state again, oldest first, one transaction per batch."""
    last = None
    while True:
        rows = Ticket.objects.order_by("pk").prefetch_related("grants", "attachments")
        with transaction.atomic():
            batch = list((rows.filter(pk__gt=last) if last else rows)[:RESYNC_BATCH])
            for ticket in batch:
                eventbus.publish(
                    UPDATED,
                    aggregate_id=ticket.pk,
                    version=ticket.version,
                    data=ticket_state(ticket),
                    change={"fields": []},
                    resync=True,
                )
        yield from batch
        if len(batch) < RESYNC_BATCH:
            return
        last = batch[-1].pk
