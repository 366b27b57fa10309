"""Changing what has been said: editing keeps the earlier bodies, deleting leaves a tombstone."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from comments.access import SEE_ALL
from comments.errors import CommentDeleted, NotTheAuthor
from comments.models import Change, Comment, Conversation, Revision
from comments.selectors import comment_get
from comments.services.mention import mentions_find
from comments.services.stream import next_seq, record
from jwtauth.principal import Principal


def comment_edit(
    *, conversation: Conversation, comment_id: UUID, author: Principal, body: str, check: Callable[[int], None]
) -> Comment:
    """Replace the body and keep the earlier one; `check` is called with the version before the change.

    The same body again changes nothing. Raises TicketNotFound, CommentNotFound, NotTheAuthor, CommentDeleted, and what
    `check` raises.
    """
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
        comment = comment_get(conversation=locked, principal=author, comment_id=comment_id)
        if comment.author_id != author.id:
            raise NotTheAuthor
        check(comment.version)
        if comment.deleted_at:
            raise CommentDeleted
        if body == comment.body:
            return comment
        Revision.objects.create(
            comment=comment,
            version=comment.version,
            body=comment.body,
            written_at=comment.edited_at or comment.created_at,
        )
        comment.body = body
        comment.mentions = mentions_find(conversation=locked, visibility=comment.visibility, body=body)
        comment.edited_at = timezone.now()
        comment.version += 1
        comment.save(update_fields=["body", "mentions", "edited_at", "version"])
        record(comment, Change.Kind.UPDATED, seq=next_seq(locked))
    return comment


def comment_delete(*, conversation: Conversation, comment_id: UUID, actor: Principal) -> None:
    """Erase what the comment said, its earlier bodies and its files; its place stays. Again: nothing happens.

    The author may, and coordinators and admins. Raises TicketNotFound, CommentNotFound, NotTheAuthor.
    """
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
        comment = comment_get(conversation=locked, principal=actor, comment_id=comment_id)
        if comment.author_id != actor.id and not actor.has_role(*SEE_ALL):
            raise NotTheAuthor
        if comment.deleted_at:
            return
        comment.revisions.all().delete()
        comment.attachments.all().delete()
        comment.reactions.all().delete()
        comment.body = ""
        comment.mentions = []
        comment.deleted_at = timezone.now()
        comment.version += 1
        comment.save(update_fields=["body", "mentions", "deleted_at", "version"])
        comment.refresh_from_db()  # without the files that were prefetched
        record(comment, Change.Kind.DELETED, seq=next_seq(locked))
