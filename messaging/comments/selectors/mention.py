"""Who may be mentioned in a comment, for the completion of `@` while it is written."""

from django.db.models import Case, Q, QuerySet, Value, When

from comments.access import is_staff_on, readers
from comments.errors import InternalNotesAreForStaff
from comments.models import Conversation, Visibility
from jwtauth.models import Person
from jwtauth.principal import Principal

MAX_CANDIDATES = 8
# What `services.mention` reads after an @.
MENTIONABLE = r"^[\w.+-]*\w$"


def mention_candidates(
    *, conversation: Conversation, principal: Principal, visibility: str, q: str = ""
) -> QuerySet[Person]:
    """Return up to eight others who may read what is written so, those named on the ticket first, then by name.

    With `q`, those of whom the user name or a word of the name begins with it. Who is not staff is offered whose name
    they have read here: the requester and who answered in public; the staff of the desk is no directory for them.
    Raises InternalNotesAreForStaff.
    """
    staff = is_staff_on(conversation, principal)
    if visibility == Visibility.INTERNAL and not staff:
        raise InternalNotesAreForStaff
    people = Person.objects.filter(readers(conversation, visibility), is_active=True, username__regex=MENTIONABLE)
    if not staff:
        authors = conversation.comments.filter(visibility=Visibility.PUBLIC).values("author_id")
        people = people.filter(Q(pk=conversation.requester_id) | Q(pk__in=authors))
    if q:
        people = people.filter(Q(username__istartswith=q) | Q(name__istartswith=q) | Q(name__icontains=f" {q}"))
    named = Case(When(pk__in=conversation.access_user_ids, then=Value(0)), default=Value(1))
    return people.exclude(pk=principal.id).order_by(named, "name", "pk")[:MAX_CANDIDATES]
