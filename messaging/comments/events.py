"""The public state of a comment (contracts/state/comment.schema.json) and its publication."""

from collections.abc import Iterator
from typing import Any

import eventbus
from comments.models import Change, Comment, Visibility


def comment_state(comment: Comment) -> dict[str, Any]:
    """Return the comment's whole public state; reads its conversation and attachments."""
    return {
        "id": comment.pk,
        "ticket_id": comment.conversation.ticket_id,
        "ticket_number": comment.conversation.number,
        "seq": comment.seq,
        "author_id": comment.author_id,
        "author_name": comment.author_name,
        "author_is_staff": comment.author_is_staff,
        "visibility": comment.visibility,
        "body": comment.body,
        "parent_id": comment.parent_id,
        "mentions": comment.mentions,
        "attachments": [
            {"id": file.pk, "filename": file.filename, "content_type": file.content_type, "size": file.size}
            for file in comment.attachments.all()
        ],
        "created_at": comment.created_at,
        "edited_at": comment.edited_at,
        "deleted_at": comment.deleted_at,
    }


def publish(comment: Comment, kind: str, *, resync: bool = False) -> None:
    """Publish what happened: `created`, `updated` or `deleted`.

    Internal notes have types of their own, so that what serves Employees never takes one.
    """
    note = comment.visibility == Visibility.INTERNAL
    eventbus.publish(
        f"comment.note_{kind}.v1" if note else f"comment.{kind}.v1",
        aggregate_id=comment.pk,
        version=comment.version,
        data=comment_state(comment),
        resync=resync,
    )


def _last_kind(comment: Comment) -> str:
    if comment.deleted_at:
        return Change.Kind.DELETED
    return Change.Kind.UPDATED if comment.edited_at else Change.Kind.CREATED


@eventbus.resyncs("comment")
def resync_comments() -> Iterator[None]:
    """Publish the present state of every comment again, oldest first."""
    comments = Comment.objects.select_related("conversation").prefetch_related("attachments").order_by("pk")
    for comment in comments.iterator(chunk_size=200):
        publish(comment, _last_kind(comment), resync=True)
        yield
