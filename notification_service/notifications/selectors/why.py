"""Why somebody was, or was not, told of an event: what was decided then, and what became of it since."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from eventbus.models import InboxEvent
from jwtauth.principal import Principal
from notifications.errors import DecisionNotFound
from notifications.models import Decision, Delivery, TicketProjection
from notifications.rules import BY_KEY, RULES, SEE_ALL, Rule


def why(*, principal: Principal, event_id: UUID, user_id: UUID) -> dict[str, Any]:
    """Answer the rule, the verdict, and for each channel what decided and what the other side answered.

    People see what concerns themselves, staff also what concerns others on tickets that they may see. Raises
    DecisionNotFound for everything else.
    """
    decision = Decision.objects.filter(event_id=event_id, user_id=user_id).first()
    if decision is None:
        return _undecided(principal, event_id, user_id)
    if not _may_know(principal, decision):
        raise DecisionNotFound
    return {
        "event_id": event_id,
        "event_type": decision.event_type,
        "user_id": user_id,
        "kind": decision.kind,
        "rule": _rule(BY_KEY[decision.kind]),
        "verdict": decision.verdict,
        "decided_at": decision.decided_at,
        "channels": _channels(decision),
    }


def _undecided(principal: Principal, event_id: UUID, user_id: UUID) -> dict[str, Any]:
    """Tell those who see every ticket whether the event came, waits, is dead, or concerned other people."""
    event = InboxEvent.objects.filter(pk=event_id).first()
    if event is None or not principal.has_role(*SEE_ALL):
        raise DecisionNotFound
    rule = RULES.get(event.type)
    verdicts = {InboxEvent.State.RETRY.value: "waiting", InboxEvent.State.DEAD.value: "dead"}
    return {
        "event_id": event_id,
        "event_type": event.type,
        "user_id": user_id,
        "kind": rule.key if rule else None,
        "rule": _rule(rule) if rule else None,
        "verdict": verdicts.get(event.state, "not_a_recipient" if rule else "no_rule"),
        "decided_at": None,
        "channels": [],
    }


def _may_know(principal: Principal, decision: Decision) -> bool:
    if decision.staff_only and not principal.is_staff:
        return False
    if decision.user_id == principal.id or principal.has_role(*SEE_ALL):
        return True
    ticket = TicketProjection.objects.filter(pk=decision.ticket_id).first()
    if ticket is None or not principal.is_staff:
        return False
    return str(principal.id) in ticket.access_user_ids or not principal.roles.isdisjoint(ticket.access_roles)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "recipients": " ".join((rule.to.__doc__ or "").split()),
        "staff_only": rule.staff_only,
        "must_see_ticket": rule.must_see,
        "fixed_channels": sorted(rule.fixed),
    }


def _channels(decision: Decision) -> list[dict[str, Any]]:
    mine = Q(event_id=decision.event_id) | Q(items__event_id=decision.event_id)
    found = Delivery.objects.filter(mine, user_id=decision.user_id).distinct()
    by_channel = {row.channel: row for row in found}
    return [
        {
            **row,
            "until": datetime.fromisoformat(row["until"]) if row["until"] else None,
            "delivery": by_channel.get(row["channel"]),
        }
        for row in decision.channels
    ]
