"""Putting a sign to a comment, and taking it away; each takes a number of the stream."""

from uuid import UUID

from django.db import transaction

from comments.errors import CommentDeleted, NoSuchReaction
from comments.models import Change, Conversation, Reaction
from comments.selectors import comment_get
from comments.services.stream import next_seq, record
from jwtauth.principal import Principal


def reaction_set(*, conversation: Conversation, comment_id: UUID, user: Principal, sign: str, present: bool) -> None:
    """Make the user's sign present on the comment, or absent; what is so already changes nothing.

    Raises TicketNotFound, CommentNotFound, CommentDeleted, NoSuchReaction.
    """
    if sign not in Reaction.Sign.values:
        raise NoSuchReaction
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
        comment = comment_get(conversation=locked, principal=user, comment_id=comment_id)
        if comment.deleted_at:
            raise CommentDeleted
        if present:
            _, changed = Reaction.objects.get_or_create(comment=comment, user_id=user.id, sign=sign)
        else:
            changed = Reaction.objects.filter(comment=comment, user_id=user.id, sign=sign).delete()[0] > 0
        if changed:
            record(comment, Change.Kind.REACTED, seq=next_seq(locked))
