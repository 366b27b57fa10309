"""Who reads what on a ticket, decided from messaging's own projection and the token's roles.

ticket-service computes who sees a ticket and publishes it; this module only applies it.
"""

from django.db.models import Exists, OuterRef, Q

from comments.models import Conversation, Visibility
from jwtauth.models import Person, PersonRole
from jwtauth.principal import Principal

# Coordinators and Admins of tts see all tickets (DECISIONS.md, "Identity and access").
SEE_ALL = frozenset({"tts:admin", "tts:ticket-coordinator"})


def may_see(conversation: Conversation, principal: Principal) -> bool:
    """Whether the principal may read the public part of the ticket's conversation."""
    if principal.has_role(*SEE_ALL):
        return True
    return str(principal.id) in conversation.access_user_ids or not principal.roles.isdisjoint(
        conversation.access_roles
    )


def is_staff_on(conversation: Conversation, principal: Principal) -> bool:
    """Whether the principal reads and writes internal notes on this ticket.

    Staff by a tts role that sees the ticket; a member of staff who is named on it (an assignee) too. Who filed the
    ticket is its requester, whatever else they are, unless a role of theirs sees it.
    """
    if principal.has_role(*SEE_ALL):
        return True
    staff_roles = {role for role in conversation.access_roles if role.startswith("tts:")}
    if not principal.roles.isdisjoint(staff_roles):
        return True
    named = str(principal.id) in conversation.access_user_ids
    return named and principal.is_staff and principal.id != conversation.requester_id


def readers(conversation: Conversation, visibility: str) -> Q:
    """The people of the projection who may read what is written so: `may_see` and `is_staff_on` as one condition."""
    if visibility == Visibility.PUBLIC:
        return _holds(role__in=SEE_ALL.union(conversation.access_roles)) | Q(pk__in=conversation.access_user_ids)
    staff_roles = {role for role in conversation.access_roles if role.startswith("tts:")}
    named = Q(pk__in=conversation.access_user_ids) & ~Q(pk=conversation.requester_id)
    return _holds(role__in=SEE_ALL | staff_roles) | named & _holds(role__startswith="tts:")


def _holds(**role: object) -> Q:
    held = PersonRole.objects.filter(person=OuterRef("pk"), **role)
    return Q(is_superuser=True) | Q(Exists(held))


def principal_of_person(person: Person) -> Principal:
    """The person as auth last told of them, for what has no token: a mention, a mail."""
    roles = frozenset(held.role for held in person.role_set.all())
    return Principal(id=person.pk, kind="user", name=person.name, roles=roles, is_superuser=person.is_superuser)
