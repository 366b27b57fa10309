"""The public state of a comment (contracts/state/comment.schema.json) and its publication."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

import eventbus
from comments.mail.bounces import Bounce
from comments.models import Change, Comment, Visibility
from servicekit.ids import uuid7


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


def publish_bounce(bounce: Bounce, *, received_at: datetime) -> None:
    """Publish that a mail server did not deliver a message (contracts/state/bounce.schema.json)."""
    bounce_id = uuid7()
    eventbus.publish(
        "mail.bounced.v1",
        aggregate_id=bounce_id,
        version=1,
        data={
            "id": bounce_id,
            "recipient": bounce.recipient,
            "action": bounce.action,
            "status": bounce.status,
            "original_message_id": bounce.original_message_id,
            "received_at": received_at,
        },
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
        with transaction.atomic():
            publish(comment, _last_kind(comment), resync=True)
        yield
