"""What a public reply on a ticket does to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tickets.errors import TicketNotFound
from tickets.models import PublicReply, Ticket
from tickets.search import MAX_REPLIES
from tickets.services.ending import reopen
from tickets.status import By, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyState:
    """What a ticket keeps of a public comment (contracts/state/comment.schema.json), with the event's version."""

    id: UUID
    version: int
    ticket_id: UUID
    body: str
    author_id: UUID
    author_is_staff: bool
    created_at: datetime


def public_reply_record(*, reply: ReplyState, actor: Mapping[str, Any] | None, opens: bool) -> None:
    """Makes a reply's text searchable and keeps the time of the latest reply, in whatever order replies arrive.

    A version of a comment below the one that is held changes neither. With `opens`, that is when it is new and neither
    an edit nor repeated by a resync, a reply by the requester, or by another reader who is no staff, opens a resolved
    ticket again, unless it was written before the resolution. Raises TicketNotFound.
    """
    with transaction.atomic(savepoint=False):
        try:
            ticket = Ticket.objects.select_for_update(no_key=True).get(pk=reply.ticket_id)
        except Ticket.DoesNotExist:
            raise TicketNotFound from None
        if not PublicReply.objects.filter(pk=reply.id, version__gt=reply.version).exists():
            _text_store(ticket, reply)
        if opens and _reopens(ticket, reply):
            reopen(ticket=ticket, parties=frozenset({By.REPLY}), actor=actor)


def _text_store(ticket: Ticket, reply: ReplyState) -> None:
    PublicReply.objects.update_or_create(
        pk=reply.id, defaults={"ticket": ticket, "version": reply.version, "body": reply.body}
    )
    latest = max(filter(None, (ticket.last_public_reply_at, reply.created_at)))
    Ticket.objects.filter(pk=ticket.pk).update(last_public_reply_at=latest, public_replies=_text_of(ticket))


def _reopens(ticket: Ticket, reply: ReplyState) -> bool:
    by_reader = reply.author_id == ticket.requester_id or not reply.author_is_staff
    return (
        by_reader and ticket.status == Status.RESOLVED and reply.created_at > (ticket.resolved_at or reply.created_at)
    )


def _text_of(ticket: Ticket) -> str:
    """The replies' texts, newest first, as far as they are searched."""
    parts, length = [], 0
    for body in PublicReply.objects.filter(ticket=ticket).order_by("-id").values_list("body", flat=True):
        parts.append(body)
        length += len(body) + 1
        if length >= MAX_REPLIES:
            break
    return "\n".join(parts)[:MAX_REPLIES]
