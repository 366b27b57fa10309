"""The one way in which a stored ticket changes: row, history and events together, or not at all."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.utils import timezone

import eventbus
from jsonlog import context
from tickets import events
from tickets.errors import TransitionNotAllowed
from tickets.models import HistoryEntry, Ticket
from tickets.status import By, Status, allowed, may_move

Actor = Mapping[str, Any]

# Changes that go with one of status or access: its event carries them along and needs no second one beside it.
_FOLLOWING = frozenset(
    {"assignee_id", "resolution", "rejection_reason", "rating", "rating_comment", "reopening_reason", "merged_into_id"}
)


def history_add(*, ticket: Ticket, changes: Mapping[str, tuple[Any, Any]], actor: Actor | None) -> None:
    """Adds a line of history for each changed field (`field -> (old, new)`, JSON values); one query."""
    HistoryEntry.objects.bulk_create(
        HistoryEntry(
            ticket=ticket,
            field=field,
            old=old,
            new=new,
            actor=dict(actor) if actor else None,
            request_id=context.request_id() or "",
            at=ticket.updated_at,
        )
        for field, (old, new) in changes.items()
    )


class Revision:
    """Changes of one ticket, collected and then stored at once.

    The ticket must be locked by the running transaction. When nothing differs, nothing is stored.
    """

    def __init__(self, ticket: Ticket, *, actor: Actor | None) -> None:
        self.ticket = ticket
        self.actor = actor
        self.at = timezone.now()
        self._changes: dict[str, tuple[Any, Any]] = {}
        self._columns: set[str] = set()
        self._access_changed = False

    def put(self, column: str, value: Any) -> None:
        """Sets a column of the ticket, unless it already has the value."""
        old = getattr(self.ticket, column)
        if old == value:
            return
        setattr(self.ticket, column, value)
        self._columns.add(column)
        # The category's column is category_id, its name in every interface is category.
        self.note("category" if column == "category_id" else column, old, value)

    def note(self, field: str, old: Any, new: Any) -> None:
        """Records a change of what is stored beside the ticket's own row."""
        self._changes[field] = (_json(old), _json(new))

    def access_changed(self) -> None:
        """Says that the ticket's grants were changed."""
        self._access_changed = True

    def move(self, new: Status, *, parties: frozenset[By]) -> None:
        """Moves the ticket to another status, with the times that go with it.

        Raises TransitionNotAllowed when none of `parties` may do that from the present status.
        """
        old = Status(self.ticket.status)
        if not may_move(old=old, new=new, parties=parties):
            raise TransitionNotAllowed(old=old.value, new=new.value, allowed=allowed(old=old, parties=parties))
        self.put("status", new.value)
        if new == Status.RESOLVED:
            self._stamp("resolved_at", self.at)
        elif old == Status.RESOLVED and new != Status.CLOSED:
            self._stamp("resolved_at", None)
        if new == Status.CLOSED:
            self._stamp("closed_at", self.at)

    def store(self, *, also: Mapping[str, Any] | None = None) -> bool:
        """Writes the ticket, its history and its events. True when the ticket's public state has changed.

        `also` are private columns, which have neither history nor a version of their own.
        """
        for column, value in (also or {}).items():
            setattr(self.ticket, column, value)
        changed = bool(self._changes) or self._access_changed
        if changed:
            self.ticket.version += 1
            self._stamp("updated_at", self.at)
            self._columns.add("version")
        columns = self._columns | set(also or {})
        if columns:
            self.ticket.save(update_fields=columns)
        if changed:
            history_add(ticket=self.ticket, changes=self._changes, actor=self.actor)
            self._publish()
        return changed

    def _stamp(self, column: str, value: Any) -> None:
        setattr(self.ticket, column, value)
        self._columns.add(column)

    def _publish(self) -> None:
        # Kept on the ticket, so that the answer to the client does not read them again.
        models.prefetch_related_objects([self.ticket], "grants", "attachments")
        state = events.ticket_state(self.ticket)
        if "status" in self._changes:
            self._send(events.STATUS_CHANGED, state, {"previous_status": self._changes["status"][0]})
        if self._access_changed:
            self._send(events.ACCESS_CHANGED, state, {})
        fields = sorted(self._changes.keys() - {"status"})
        carried = "status" in self._changes or self._access_changed
        if fields and not (carried and _FOLLOWING.issuperset(fields)):
            self._send(events.UPDATED, state, {"fields": fields})

    def _send(self, event_type: str, state: Mapping[str, Any], change: Mapping[str, Any]) -> None:
        eventbus.publish(
            event_type, aggregate_id=self.ticket.pk, version=self.ticket.version, data=state, change=change
        )


def _json(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, Collection) and not isinstance(value, models.Model):
        return [_json(item) for item in value]
    return str(value)
