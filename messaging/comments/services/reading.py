"""How far somebody has read."""

from django.db import transaction
from django.db.models import Max

from comments.models import Conversation, ReadMark
from comments.selectors import comments_visible
from jwtauth.principal import Principal


def read_mark(*, conversation: Conversation, user: Principal, seq: int) -> None:
    """Note that the user has read up to `seq`; never back, and never further than there is for them to read.

    The conversation's own last number would tell of each internal note at the moment that it is written.
    """
    last = comments_visible(conversation=conversation, principal=user).aggregate(last=Max("seq"))["last"] or 0
    reached = min(seq, last)
    with transaction.atomic():
        _, created = ReadMark.objects.get_or_create(
            conversation=conversation, user_id=user.id, defaults={"seq": reached}
        )
        if not created:
            # One statement compares and writes: of two windows at once the further one counts.
            ReadMark.objects.filter(conversation=conversation, user_id=user.id, seq__lt=reached).update(seq=reached)
