"""Who is mentioned in a comment: `@username` of somebody who may read it."""

import re
from uuid import UUID

from comments.access import is_staff_on, may_see, principal_of_person
from comments.models import Conversation, Visibility
from jwtauth.models import Person

MAX_MENTIONS = 20
_MENTION = re.compile(r"(?<![\w@.])@([\w.+-]*\w)")


def mentions_find(*, conversation: Conversation, visibility: str, body: str) -> list[str]:
    """Return the ids of those mentioned, in the order of the text.

    A name that may not read the comment is left out: a mention in an internal note must not tell an Employee of it.
    """
    names = list(dict.fromkeys(_MENTION.findall(body)))[:MAX_MENTIONS]
    if not names:
        return []
    people = Person.objects.filter(username__in=names, is_active=True).prefetch_related("role_set")
    readers: dict[str, UUID] = {}
    for person in people:
        principal = principal_of_person(person)
        allowed = is_staff_on if visibility == Visibility.INTERNAL else may_see
        if allowed(conversation, principal):
            readers[person.username] = person.pk
    return [str(readers[name]) for name in names if name in readers]
