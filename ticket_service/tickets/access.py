"""Who may see a ticket, and as which party they act on it. The one place; other services apply what is published.

A ticket is seen by its requester, its watchers, everyone whom its task was ever assigned to, the roles of tts that own
a current or past step, and always by administrators and coordinators of tts and by superusers. The published `access`
names the two roles outright, so that a consumer needs no rule of its own.
"""

from collections.abc import Iterable
from typing import TypedDict
from uuid import UUID

from jwtauth.principal import Principal
from tickets.models import AccessGrant, Ticket
from tickets.status import By

SEE_ALL_ROLES = ("tts:admin", "tts:ticket-coordinator")
USER = "user:"
ROLE = "role:"
Reason = AccessGrant.Reason


class Access(TypedDict):
    """`access` of a ticket's public state."""

    user_ids: list[str]
    roles: list[str]


def user_grantee(user_id: UUID | str) -> str:
    """How a person stands in AccessGrant.grantee."""
    return f"{USER}{user_id}"


def role_grantee(role: str) -> str:
    """How a role (`system:slug`) stands in AccessGrant.grantee."""
    return f"{ROLE}{role}"


def opens_tickets(role: str) -> bool:
    """Whether owning a step lets a role's holders see the ticket.

    Only staff roles do: a step that is handed to hdts:employee, say a confirmation by the requester, must not show the
    ticket to every employee.
    """
    return role.startswith("tts:")


def grantees_of(principal: Principal) -> list[str]:
    """Every grantee that this caller is."""
    return [user_grantee(principal.id), *(role_grantee(role) for role in sorted(principal.roles))]


def sees_all(principal: Principal) -> bool:
    """Whether the caller sees every ticket."""
    return principal.has_role(*SEE_ALL_ROLES)


def parties_of(principal: Principal, ticket: Ticket) -> frozenset[By]:
    """As which parties of tickets.status the caller acts on this ticket; a superuser acts as any person."""
    if principal.is_superuser:
        return frozenset({By.REQUESTER, By.COORDINATOR, By.ADMIN})
    held = {
        By.REQUESTER: ticket.requester_id == principal.id,
        By.COORDINATOR: principal.has_role("tts:ticket-coordinator"),
        By.ADMIN: principal.has_role("tts:admin"),
        By.ASSIGNEE: ticket.assignee_id == principal.id and principal.is_staff,
    }
    return frozenset(party for party, holds in held.items() if holds)


def access_of(grants: Iterable[AccessGrant]) -> Access:
    """The published `access` that these grants amount to, sorted."""
    grantees = {grant.grantee for grant in grants}
    return {
        "user_ids": sorted(grantee.removeprefix(USER) for grantee in grantees if grantee.startswith(USER)),
        "roles": sorted(
            {*SEE_ALL_ROLES, *(grantee.removeprefix(ROLE) for grantee in grantees if grantee.startswith(ROLE))}
        ),
    }


def watcher_ids_of(grants: Iterable[AccessGrant]) -> list[str]:
    """Ids of the watchers among the grants, sorted."""
    return sorted(grant.grantee.removeprefix(USER) for grant in grants if grant.reason == Reason.WATCHER)
