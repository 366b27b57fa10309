"""Placeholders of canned replies: `{{ticket.number}}` and the like, filled in from one ticket."""

import re
from collections.abc import Callable, Mapping
from uuid import UUID

from jwtauth.principal import Principal
from tickets.models import Ticket

# The blanks around a name are taken off afterwards: three repetitions that all match a blank took the cube of them.
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")

Names = Mapping[UUID | None, str]
# Placeholder -> what stands there, from the ticket, people's names by id, and the caller.
PLACEHOLDERS: dict[str, Callable[[Ticket, Names, Principal], str]] = {
    "ticket.number": lambda ticket, _names, _me: ticket.number,
    "ticket.subject": lambda ticket, _names, _me: ticket.subject,
    "ticket.status": lambda ticket, _names, _me: ticket.status,
    "requester.name": lambda ticket, names, _me: names.get(ticket.requester_id, ""),
    "assignee.name": lambda ticket, names, _me: names.get(ticket.assignee_id, ""),
    "me.name": lambda _ticket, _names, me: me.name,
}


def unknown_placeholders(body: str) -> list[str]:
    """What stands in double braces and is none of PLACEHOLDERS, sorted."""
    return sorted({name for found in _PLACEHOLDER.findall(body) if (name := found.strip()) not in PLACEHOLDERS})


def filled_in(body: str, *, ticket: Ticket, names: Names, me: Principal) -> str:
    """The text for this ticket, to be read and sent by a person; what a placeholder gives is filled in once only."""

    def fill(found: re.Match[str]) -> str:
        value = PLACEHOLDERS.get(found[1].strip())
        return value(ticket, names, me) if value else found[0]

    return _PLACEHOLDER.sub(fill, body)
