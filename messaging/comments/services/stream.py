"""Every change of a conversation takes the next number of its stream, in the transaction that makes it."""

from comments.events import publish
from comments.models import Change, Comment, Conversation
from servicekit.live import nudge


def next_seq(conversation: Conversation) -> int:
    """Take the next number of the conversation, whose row the caller holds locked."""
    conversation.last_seq += 1
    conversation.save(update_fields=["last_seq"])
    return conversation.last_seq


def record(comment: Comment, kind: Change.Kind, *, seq: int) -> None:
    """Write the change into the stream and tell the other services and the live readers."""
    Change.objects.create(conversation_id=comment.conversation_id, seq=seq, kind=kind, comment=comment)
    if kind != Change.Kind.REACTED:  # is no part of a comment's state for the other services
        publish(comment, kind)
    nudge(f"ticket:{comment.conversation_id}")
