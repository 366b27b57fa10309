"""Attaching files to a ticket."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

import attachments
from jwtauth.principal import Principal
from tickets.errors import TicketNotEditable
from tickets.models import Ticket, TicketAttachment
from tickets.services.recording import Revision
from tickets.status import Status, is_final


def attachments_store(*, ticket: Ticket, uploads: "Sequence[File[Any]]", uploaded_by: UUID) -> list[TicketAttachment]:
    """Stores the uploads' bytes and answers their rows, which the caller has yet to save.

    Raises what attachments.store raises. Bytes are stored under their hash, so what a rolled back
    transaction leaves behind is what the next upload of the same file finds.
    """
    rows = []
    for upload in uploads:
        stored = attachments.store(upload)
        rows.append(
            TicketAttachment(
                ticket=ticket,
                sha256=stored.sha256,
                size=stored.size,
                content_type=stored.content_type,
                filename=stored.filename,
                uploaded_by=uploaded_by,
            )
        )
    return rows


def ticket_attach(*, ticket: Ticket, actor: Principal, upload: "File[Any]") -> TicketAttachment:
    """Adds a file to a locked ticket.

    Raises TicketNotEditable for a ticket whose status is final, and the errors of attachments_store.
    """
    if is_final(Status(ticket.status)):
        raise TicketNotEditable(f"A ticket that is {ticket.status} takes no more attachments.")
    with transaction.atomic(savepoint=False):
        (row,) = attachments_store(ticket=ticket, uploads=[upload], uploaded_by=actor.id)
        row.save(force_insert=True)
        revision = Revision(ticket, actor=actor.as_actor())
        revision.note("attachments", None, row.filename)
        revision.store()
    return row
