"""The public state of a comment (contracts/state/comment.schema.json) and its publication."""

from collections.abc import Iterator
from typing import Any

import eventbus
from comments.models import Comment, Visibility


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
        "attachments": [
            {"id": file.pk, "filename": file.filename, "content_type": file.content_type, "size": file.size}
            for file in comment.attachments.all()
        ],
        "created_at": comment.created_at,
    }


def publish_created(comment: Comment, *, resync: bool = False) -> None:
    """Publish the comment. An internal note has a type of its own, so that what serves Employees never takes it."""
    note = comment.visibility == Visibility.INTERNAL
    # Comments do not change yet, so the version of each is 1.
    eventbus.publish(
        "comment.note_created.v1" if note else "comment.created.v1",
        aggregate_id=comment.pk,
        version=1,
        data=comment_state(comment),
        resync=resync,
    )


@eventbus.resyncs("comment")
def resync_comments() -> Iterator[None]:
    """Publish the present state of every comment again, oldest first."""
    comments = Comment.objects.select_related("conversation").prefetch_related("attachments").order_by("pk")
    for comment in comments.iterator(chunk_size=200):
        publish_created(comment, resync=True)
        yield
