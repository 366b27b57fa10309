"""Telling the live readers that somebody is writing; nothing of it is kept."""

from comments.access import is_staff_on
from comments.errors import InternalNotesAreForStaff
from comments.models import Conversation, Visibility
from jwtauth.principal import Principal
from servicekit.live import nudge
from servicekit.renderers import dump_json

MAX_NAME = 255  # a nudge takes 7,000 bytes


def typing_tell(*, conversation: Conversation, user: Principal, visibility: str) -> None:
    """Say that the user writes a public reply or, to staff only, a note. Raises InternalNotesAreForStaff."""
    if visibility == Visibility.INTERNAL and not is_staff_on(conversation, user):
        raise InternalNotesAreForStaff
    who = {"user_id": user.id, "name": user.name[:MAX_NAME], "visibility": visibility}
    nudge(f"typing:{conversation.pk}:{dump_json(who).decode()}")
