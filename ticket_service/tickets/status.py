"""The life of a ticket as data: the only place that says which change of status exists and who may make it.

People move a ticket through this service's routes; its task, whose events this service follows; a reply to what was
resolved; and time. A task's event carries the task's whole state, and events overtake each other, so a task may move
its ticket from any status that is not final to any other that a task can stand for.
"""

from enum import StrEnum

from django.db import models


class Status(models.TextChoices):
    """Status of a ticket; the values are those of contracts/state/ticket.schema.json."""

    NEW = "New"
    OPEN = "Open"
    IN_PROGRESS = "In Progress"
    ON_HOLD = "On Hold"
    RESOLVED = "Resolved"
    CLOSED = "Closed"
    REJECTED = "Rejected"
    WITHDRAWN = "Withdrawn"
    MERGED = "Merged"


class By(StrEnum):
    """A party that can move a ticket."""

    REQUESTER = "requester"
    COORDINATOR = "coordinator"
    ADMIN = "admin"
    ASSIGNEE = "assignee"  # staff whose turn it is; moves the ticket by its task, and sorts it by hand
    TASK = "task"
    REPLY = "reply"  # of the requester or another reader who is no staff
    TIME = "time"  # the grace time after the resolution is over


_TASK = frozenset({By.TASK})
_REQUESTER = frozenset({By.REQUESTER})
_DECIDERS = frozenset({By.COORDINATOR, By.ADMIN})
_ACCEPTERS = _REQUESTER | _DECIDERS

_WORKED = dict.fromkeys((Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED), _TASK)


def _unresolved(status: Status) -> dict[Status, frozenset[By]]:
    moves = {target: by for target, by in _WORKED.items() if target != status}
    return moves | {Status.WITHDRAWN: _REQUESTER, Status.REJECTED: _DECIDERS, Status.MERGED: _DECIDERS}


TRANSITIONS: dict[Status, dict[Status, frozenset[By]]] = {
    Status.NEW: _unresolved(Status.NEW),
    Status.OPEN: _unresolved(Status.OPEN),
    Status.IN_PROGRESS: _unresolved(Status.IN_PROGRESS),
    Status.ON_HOLD: _unresolved(Status.ON_HOLD),
    Status.RESOLVED: {
        Status.OPEN: _TASK | _ACCEPTERS | {By.REPLY},
        Status.IN_PROGRESS: _TASK,
        Status.ON_HOLD: _TASK,
        Status.CLOSED: _ACCEPTERS | {By.TIME},
        Status.MERGED: _DECIDERS,
    },
    Status.CLOSED: {},
    Status.REJECTED: {},
    Status.WITHDRAWN: {},
    Status.MERGED: {},
}

EDITABLE_BY_REQUESTER = frozenset({Status.NEW, Status.OPEN})
RATEABLE = frozenset({Status.RESOLVED, Status.CLOSED})


def may_move(*, old: Status, new: Status, parties: frozenset[By]) -> bool:
    """Whether one of `parties` may move a ticket from `old` to `new`."""
    return bool(TRANSITIONS[old].get(new, frozenset()) & parties)


def allowed(*, old: Status, parties: frozenset[By]) -> list[str]:
    """The statuses that one of `parties` may move a ticket to from `old`, in the order of the table."""
    return [new.value for new, by in TRANSITIONS[old].items() if by & parties]


def parties_to(new: Status) -> frozenset[By]:
    """Everyone who may move a ticket to `new` from some status."""
    return frozenset().union(*(moves.get(new, frozenset()) for moves in TRANSITIONS.values()))


def may_edit(*, status: Status, parties: frozenset[By]) -> bool:
    """Whether one of `parties` may change the fields of a ticket of this status."""
    if not parties or is_final(status):
        return False
    return parties != {By.REQUESTER} or status in EDITABLE_BY_REQUESTER


def is_final(status: Status) -> bool:
    """Whether nothing leads away from `status`: such a ticket is no longer changed."""
    return not TRANSITIONS[status]
