"""How far somebody has read."""

from django.db import transaction

from comments.models import Conversation, ReadMark
from jwtauth.principal import Principal


def read_mark(*, conversation: Conversation, user: Principal, seq: int) -> None:
    """Note that the user has read up to `seq`; never back, and never further than there is."""
    reached = min(seq, conversation.last_seq)
    with transaction.atomic():
        _, created = ReadMark.objects.get_or_create(
            conversation=conversation, user_id=user.id, defaults={"seq": reached}
        )
        if not created:
            # One statement compares and writes: of two windows at once the further one counts.
            ReadMark.objects.filter(conversation=conversation, user_id=user.id, seq__lt=reached).update(seq=reached)
