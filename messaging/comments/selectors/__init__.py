"""Reading conversations; every selector takes who asks and never answers more than they may see."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from comments.access import is_staff_on, may_see
from comments.errors import AttachmentNotFound, CommentNotFound, TicketNotFound
from comments.models import (
    Change,
    Comment,
    CommentAttachment,
    Conversation,
    InboundMail,
    Presence,
    Revision,
    Visibility,
)
from jwtauth.principal import Principal

# Three times as long as a live process takes to renew a presence.
PRESENT_FOR = timedelta(seconds=45)
MAX_PRESENT = 100


def conversation_get(*, ticket: str, principal: Principal) -> Conversation:
    """Find the conversation by the ticket's id or number; raises TicketNotFound, also for who may not see it."""
    try:
        found = Conversation.objects.filter(pk=UUID(ticket)).first()
    except ValueError:
        found = Conversation.objects.filter(number=ticket).first()
    if found is None or not may_see(found, principal):
        raise TicketNotFound
    return found


def comments_visible(*, conversation: Conversation, principal: Principal) -> QuerySet[Comment]:
    """Return the comments of the conversation that the principal may read: internal notes for its staff only."""
    comments = conversation.comments.all()
    if not is_staff_on(conversation, principal):
        comments = comments.filter(visibility=Visibility.PUBLIC)
    return comments


def comment_page(
    *, conversation: Conversation, principal: Principal, after: int, limit: int
) -> tuple[list[Comment], int | None]:
    """Return up to `limit` comments after the number `after`, and the number to go on from (None at the end)."""
    visible = comments_visible(conversation=conversation, principal=principal)
    found = list(
        visible.filter(seq__gt=after).order_by("seq").prefetch_related("attachments", "reactions")[: limit + 1]
    )
    page = found[:limit]
    return page, page[-1].seq if len(found) > limit else None


def comment_get(*, conversation: Conversation, principal: Principal, comment_id: UUID) -> Comment:
    """Find a comment that the principal may read; raises TicketNotFound and CommentNotFound."""
    if not may_see(conversation, principal):
        raise TicketNotFound
    visible = comments_visible(conversation=conversation, principal=principal)
    found = (
        visible.select_related("conversation")
        .prefetch_related("attachments", "reactions")
        .filter(pk=comment_id)
        .first()
    )
    if found is None:
        raise CommentNotFound
    return found


def revision_list(*, conversation: Conversation, principal: Principal, comment_id: UUID) -> list[Revision]:
    """Return the earlier bodies of a comment that the principal may read, oldest first."""
    return list(comment_get(conversation=conversation, principal=principal, comment_id=comment_id).revisions.all())


def change_page(
    *, conversation: Conversation, principal: Principal, after: int, limit: int
) -> tuple[list[Change], int | None]:
    """Return up to `limit` changes after the number `after`, each with its comment as it is now, and as `comment_page`
    the number to go on from."""
    visible = conversation.changes.select_related("comment__conversation")
    visible = visible.prefetch_related("comment__attachments", "comment__reactions")
    if not is_staff_on(conversation, principal):
        visible = visible.filter(comment__visibility=Visibility.PUBLIC)
    found = list(visible.filter(seq__gt=after).order_by("seq")[: limit + 1])
    page = found[:limit]
    return page, page[-1].seq if len(found) > limit else None


def read_state(*, conversation: Conversation, principal: Principal) -> tuple[int, int]:
    """Return the number up to which the principal has read, and how many comments of others are newer."""
    mark = conversation.read_marks.filter(user_id=principal.id).first()
    seq = mark.seq if mark else 0
    newer = comments_visible(conversation=conversation, principal=principal).filter(seq__gt=seq, deleted_at=None)
    return seq, newer.exclude(author_id=principal.id).count()


class Present(NamedTuple):
    """Somebody who has a ticket open."""

    user_id: UUID
    name: str
    is_staff: bool


def present_on(*, ticket_id: UUID) -> list[Present]:
    """Return everybody who has the ticket open now, by name; `presence_visible` says who may know of whom."""
    since = timezone.now() - PRESENT_FOR
    rows = Presence.objects.filter(conversation_id=ticket_id, seen_at__gte=since).order_by("name", "user_id")
    found = rows.values_list("user_id", "name", "is_staff").distinct()[:MAX_PRESENT]
    return [Present(*row) for row in found]


def presence_visible(present: list[Present], *, staff: bool) -> list[Present]:
    """Leave out whom the asker may not know of: who of the desk looks at a ticket is for the desk."""
    return [someone for someone in present if staff or not someone.is_staff]


def presence_list(*, conversation: Conversation, principal: Principal) -> list[Present]:
    """Return who has the ticket open, as far as the principal may know."""
    staff = is_staff_on(conversation, principal)
    return presence_visible(present_on(ticket_id=conversation.pk), staff=staff)


def attachment_get(
    *, conversation: Conversation, principal: Principal, comment_id: UUID, attachment_id: UUID
) -> CommentAttachment:
    """Find an attachment of a comment that the principal may read; raises AttachmentNotFound."""
    visible = comments_visible(conversation=conversation, principal=principal).filter(pk=comment_id)
    found = CommentAttachment.objects.filter(pk=attachment_id, comment__in=visible).first()
    if found is None:
        raise AttachmentNotFound
    return found


def mail_list(*, outcome: str | None = None, sender: str | None = None) -> QuerySet[InboundMail]:
    """Return the mails that came in, with this outcome and from this address where they are given."""
    mails = InboundMail.objects.all()
    if outcome is not None:
        mails = mails.filter(outcome=outcome)
    if sender is not None:
        mails = mails.filter(sender=sender.lower())
    return mails
