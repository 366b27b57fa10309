"""What a macro does to a ticket, as data, and what that comes to for one ticket.

A macro sends nothing: its reply is filled in for the person who applies it, to be read and posted as a comment.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict

from tickets.models import Ticket
from tickets.status import By, Status, allowed, may_edit


class Reply(TypedDict):
    """A text for the ticket's conversation; `visibility` is a comment's, `public` or `internal`."""

    visibility: str
    body: str


class Actions(TypedDict, total=False):
    """What a macro does: what is not there stays as it is. A reason goes with the status."""

    category: str
    sub_category: str
    priority: str
    add_tags: list[str]
    remove_tags: list[str]
    status: str
    reason: str
    reply: Reply


# Actions that change what a ticket says.
EDITS = ("category", "sub_category", "priority", "add_tags", "remove_tags")


class Change(NamedTuple):
    """One field of a ticket, as in its history."""

    field: str
    old: Any
    new: Any


def edits(actions: Mapping[str, Any], ticket: Ticket) -> dict[str, Any]:
    """The fields of the ticket that the actions set, as ticket_update takes them."""
    fields = {name: actions[name] for name in ("category", "sub_category", "priority") if name in actions}
    if fields.get("category", ticket.category_id) != ticket.category_id:
        # Both belong to the category that the ticket leaves.
        fields = {"sub_category": "", "custom_fields": {}} | fields
    if actions.keys() & {"add_tags", "remove_tags"}:
        fields["tags"] = sorted({*ticket.tags, *actions.get("add_tags", ())} - {*actions.get("remove_tags", ())})
    return fields


def changes(actions: Mapping[str, Any], ticket: Ticket) -> list[Change]:
    """What the actions would change of the ticket as it is."""
    wanted = edits(actions, ticket)
    if "status" in actions:
        wanted["status"] = actions["status"]
    present = {name: getattr(ticket, "category_id" if name == "category" else name) for name in wanted}
    return [Change(name, present[name], new) for name, new in sorted(wanted.items()) if new != present[name]]


def refused(actions: Mapping[str, Any], ticket: Ticket, *, parties: frozenset[By]) -> list[str]:
    """The actions that `parties` may not do to the ticket as it is."""
    status = Status(ticket.status)
    names = [] if may_edit(status=status, parties=parties) else [name for name in EDITS if name in actions]
    if "status" in actions and actions["status"] not in allowed(old=status, parties=parties):
        names.append("status")
    return names
