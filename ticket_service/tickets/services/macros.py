"""Applying macros: every action as its user would do it by hand, all of them or none."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from jwtauth.principal import Principal
from servicekit.problems import Problem
from tickets.errors import CategoryUnknown, CustomFieldsInvalid, MacroRefused, MacroWithoutChanges, TooManyTags
from tickets.macros import EDITS, edits
from tickets.models import MAX_TAGS, Macro, Ticket
from tickets.selectors import category_list
from tickets.services.editing import ticket_update
from tickets.services.ending import ticket_close, ticket_reject, ticket_reopen
from tickets.status import Status

Move = Callable[[Ticket, Principal, str], Ticket]

# Status -> how a person of the desk brings a ticket there. A task brings it to all others, or they need more than that.
MOVES: dict[Status, Move] = {
    Status.OPEN: lambda ticket, actor, reason: ticket_reopen(ticket=ticket, actor=actor, reason=reason),
    Status.REJECTED: lambda ticket, actor, reason: ticket_reject(ticket=ticket, actor=actor, reason=reason),
    Status.CLOSED: lambda ticket, actor, _reason: ticket_close(ticket=ticket, actor=actor),
}

# What can be wrong with some of the edits; all else is wrong with each of them.
_AT_FAULT: dict[type[Problem], frozenset[str]] = {
    CategoryUnknown: frozenset({"category", "sub_category"}),
    CustomFieldsInvalid: frozenset({"category"}),
    TooManyTags: frozenset({"add_tags"}),
}


def macro_apply(*, macro: Macro, ticket: Ticket, actor: Principal) -> Ticket:
    """Changes a locked ticket as the macro says; what it says of a reply is not done here.

    Raises MacroRefused, which names the actions.
    """
    actions: Mapping[str, Any] = macro.actions
    with transaction.atomic(savepoint=False):
        if fields := edits(actions, ticket):
            with _naming([name for name in EDITS if name in actions]):
                if len(fields.get("tags", ())) > max(MAX_TAGS, len(ticket.tags)):
                    raise TooManyTags
                ticket_update(ticket=ticket, actor=actor, fields=fields)
        if "status" in actions:
            with _naming(["status"]):
                MOVES[Status(actions["status"])](ticket, actor, actions.get("reason", ""))
    return ticket


def macro_require_changes(macro: Macro) -> None:
    """Raises MacroWithoutChanges for a macro that is nothing but a reply: applied to many tickets it does nothing."""
    if macro.actions.keys() <= {"reply"}:
        raise MacroWithoutChanges


def macro_check(actions: Mapping[str, Any]) -> None:
    """Raises CategoryUnknown for a category that is not offered, or that has no such sub-category."""
    if "category" not in actions:
        return
    category = category_list().filter(pk=actions["category"]).first()
    if category is None:
        raise CategoryUnknown(field="category", value=actions["category"], within="actions")
    sub_category = actions.get("sub_category")
    if sub_category and not category.has_sub_category(sub_category):
        raise CategoryUnknown(field="sub_category", value=sub_category, within="actions")


@contextmanager
def _naming(actions: list[str]) -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        at_fault = _AT_FAULT.get(type(problem), frozenset(actions))
        raise MacroRefused(actions=[name for name in actions if name in at_fault], cause=problem) from None
