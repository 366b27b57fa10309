"""Made-up tasks by the thousand, for measuring: alike in shape and distribution to those of a busy desk.

The same seed makes the same tasks but for their ids. They are rows only: no event tells of them, and no deadline of
theirs is still to be told, so that a worker beside the measurement has nothing to do with them.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from uuid import UUID

from workflows.business_time import due
from workflows.clocks import WARN_AFTER, hours_of
from workflows.models import (
    PRIORITIES,
    SlaClock,
    Step,
    Task,
    TaskItem,
    TaskLog,
    TaskReader,
    TicketProjection,
    WorkflowVersion,
)

DAYS = 730
COORDINATOR = "tts:ticket-coordinator"
_THINGS = ("Printer", "Laptop", "Monitor", "Phone", "Router", "Mailbox", "Licence", "Badge", "Backup", "Invoice")
_TROUBLES = ("does not start", "is very slow", "was lost", "cannot be reached", "makes a noise", "needs a new owner")
_WORKFLOWS = {"it-support": 62, "general": 18, "asset-check-out": 9, "asset-check-in": 6, "budget-proposal": 5}
_PRIORITY_WEIGHTS = (5, 20, 50, 25)  # of PRIORITIES
_S = Task.Status
_OPEN = {_S.ASSIGNED: 45, _S.IN_PROGRESS: 38, _S.ON_HOLD: 15, _S.UNROUTED: 2}


@dataclass
class Made:
    """A batch of rows, in the order in which they have to be stored."""

    tickets: list[TicketProjection] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    items: list[TaskItem] = field(default_factory=list)
    readers: list[TaskReader] = field(default_factory=list)
    log: list[TaskLog] = field(default_factory=list)
    clocks: list[SlaClock] = field(default_factory=list)


@dataclass(frozen=True)
class People:
    """Who files, and who works in each role, most active first; at least one of each."""

    requesters: Sequence[UUID]
    by_role: dict[str, Sequence[UUID]]


class Maker:
    """Makes `count` tasks of the DAYS before `until`, oldest first, with numbers from `first`.

    `versions` are the published ones, with their steps and transitions prefetched.
    """

    def __init__(
        self,
        *,
        count: int,
        people: People,
        versions: Sequence[WorkflowVersion],
        until: datetime,
        first: int = 1,
        seed: int = 1,
    ) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a repeatable sequence is what is wanted
        self._count, self._first, self._until = count, first, until
        self._people = people
        self._versions = list(versions)
        self._weights = [_WORKFLOWS.get(version.workflow.key, 1) for version in self._versions]
        self._steps = {version.pk: {step.pk: step for step in version.steps.all()} for version in self._versions}

    def batches(self, size: int) -> Iterator[Made]:
        """The rows, at most `size` tasks at once."""
        begin, step = self._until - timedelta(days=DAYS), timedelta(days=DAYS) / self._count
        made = Made()
        for index in range(self._count):
            self._task(made, index, begin + step * (index + self._random.random()))
            if len(made.tasks) == size:
                yield made
                made = Made()
        if made.tasks:
            yield made

    def _task(self, made: Made, index: int, at: datetime) -> None:
        pick = self._random
        age = (self._until - at) / timedelta(days=1)
        ended = pick.random() >= math.exp(-age / 12)
        status = pick.choices((_S.COMPLETED, _S.CANCELLED), (9, 1))[0] if ended else _drawn(pick, _OPEN)
        version = pick.choices(self._versions, self._weights)[0]
        ticket = self._ticket(version, index, at, over=ended)
        task = Task(id=uuid7_at(at, pick), ticket=ticket, status=status, created_at=at, version=0)
        made.tickets.append(ticket)
        made.tasks.append(task)
        if status == _S.UNROUTED:
            task.unrouted_reason, task.unrouted_at = Task.Unrouted.NO_WORKFLOW, self._until
            _log(made, task, "unrouted", at, pick)
        else:
            task.workflow_version = version
            task.calendar_version = version.calendar.version if version.calendar else 0
            task.ticket_version = ticket.version
            _Walk(made, task, self._people, list(self._steps[version.pk].values()), self._until, pick).walk()
        readers = {str(ticket.requester_id), COORDINATOR, *task.step_roles, *task.assignee_ids}
        made.readers.extend(TaskReader(task=task, reader=reader) for reader in sorted(readers))

    def _ticket(self, version: WorkflowVersion, index: int, at: datetime, *, over: bool) -> TicketProjection:
        pick = self._random
        requester = _often_the_first(self._people.requesters, pick)
        return TicketProjection(
            id=uuid7_at(at, pick),
            number=f"BULK-{at.year}-{self._first + index:06d}",
            subject=f"{pick.choice(_THINGS)} {pick.choice(_TROUBLES)}",
            category=version.workflow.category or "other",
            priority=pick.choices(PRIORITIES, _PRIORITY_WEIGHTS)[0],
            status="Closed" if over else "Open",
            requester_id=requester,
            access_user_ids=[str(requester)],
            access_roles=[COORDINATOR],
            version=1,
            filed_at=at,
        )


class _Walk:
    """Leads one task along its steps until it stands where its status says."""

    def __init__(
        self, made: Made, task: Task, people: People, steps: list[Step], until: datetime, pick: random.Random
    ) -> None:
        self._made, self._task, self._people, self._until, self._pick = made, task, people, until, pick
        # Every seeded workflow goes straight on by the first way of each step.
        self._path = steps if task.status == _S.COMPLETED else steps[: pick.randint(1, len(steps))]
        self._version = steps[0].version
        self._hours = hours_of(self._version)
        self._target = timedelta(minutes=self._version.sla_minutes[task.ticket.priority])
        self._weight = sum(step.weight for step in steps)
        self._time_left = 0.6 + pick.expovariate(2)  # of the target, for all of it

    def walk(self) -> None:
        task, at = self._task, self._task.created_at
        for step in self._path[:-1]:
            at = self._turn(step, at, complete=True)
        if task.status == _S.COMPLETED:
            task.completed_at = self._turn(self._path[-1], at, complete=True)
            task.resolution = "Mended."
            self._log("completed", task.completed_at)
        else:
            self._stop(self._path[-1], at)
        self._clocks()

    def _turn(self, step: Step, at: datetime, *, complete: bool) -> datetime:
        """One person's turn; answers when it ended, which is no later than `until`."""
        task, pick = self._task, self._pick
        share = self._target * step.weight / self._weight
        person = _often_the_first(self._people.by_role[step.role], pick)
        ended = min(at + share * self._time_left * pick.uniform(0.1, 1.5), self._until)
        item = TaskItem(id=uuid7_at(at, pick), task=task, step=step, assignee_id=person, entered_at=at, assigned_at=at)
        item.due_at = task.step_due_at = due(self._hours, at, share)
        task.owner_id = task.owner_id or person
        task.step_roles = sorted({*task.step_roles, step.role})
        task.assignee_ids = sorted({*task.assignee_ids, str(person)})
        self._made.items.append(item)
        self._log("assigned", at)
        if complete:
            item.started_at = task.started_at = at + (ended - at) / 3
            item.completed_at, item.transition = ended, step.transitions.all()[0].key
            self._log("started", item.started_at)
            self._log("step_completed", ended)
        return ended

    def _stop(self, step: Step, at: datetime) -> None:
        """The turn that goes on, or the cancellation."""
        task = self._task
        self._turn(step, at, complete=False)
        item = self._made.items[-1]
        if task.status == _S.CANCELLED:
            item.released_at = min(at + timedelta(hours=1), self._until)
            task.cancel_reason = "ticket_withdrawn"
            self._log("cancelled", item.released_at)
            return
        task.current_step, task.step_entered_at = step, at
        if step.kind == Step.Kind.APPROVAL:
            task.status, task.approval_round, task.approvals_needed = _S.IN_APPROVAL, 1, 1
            item.approval_round = 1
            return
        task.assignee_id = item.assignee_id
        if task.status != _S.ASSIGNED:
            item.started_at = task.started_at = at
            self._log("started", at)
        if task.status == _S.ON_HOLD:
            task.held_at, task.held_status, task.hold_reason = at, _S.IN_PROGRESS, "Waiting for a part."
            self._log("held", at)

    def _clocks(self) -> None:
        task, version = self._task, self._version
        over = task.completed_at or (self._made.items[-1].released_at if task.status == _S.CANCELLED else None)
        targets = {SlaClock.Kind.RESOLUTION: version.sla_minutes}
        if version.first_response_minutes:
            targets[SlaClock.Kind.FIRST_RESPONSE] = version.first_response_minutes
        for kind, minutes in targets.items():
            ended = over
            if kind == SlaClock.Kind.FIRST_RESPONSE:
                answered = task.created_at + timedelta(minutes=minutes[task.ticket.priority]) * self._pick.expovariate(
                    2
                )
                ended = min(answered, over or self._until)
            clock = self._clock(kind, minutes[task.ticket.priority], ended)
            if kind == SlaClock.Kind.RESOLUTION:
                task.resolution_due_at = clock.due_at
            self._made.clocks.append(clock)

    def _clock(self, kind: SlaClock.Kind, minutes: int, ended: datetime | None) -> SlaClock:
        task, target = self._task, timedelta(minutes=minutes)
        clock = SlaClock(
            id=uuid7_at(task.created_at, self._pick),
            task=task,
            kind=kind,
            started_at=task.created_at,
            target_minutes=minutes,
            due_at=due(self._hours, task.created_at, target),
            warn_at=due(self._hours, task.created_at, target * WARN_AFTER),
            ended_at=ended,
        )
        # Those of open tasks have been told too, though they lie ahead: nothing is left for the ticker.
        told = ended is None
        if told or (clock.warn_at and clock.warn_at < (ended or self._until)):
            clock.warned_at = clock.warn_at
        if told or (clock.due_at and clock.due_at < (ended or self._until)):
            clock.breached_at = clock.due_at
        return clock

    def _log(self, action: str, at: datetime) -> None:
        _log(self._made, self._task, action, at, self._pick)


def _log(made: Made, task: Task, action: str, at: datetime, source: random.Random) -> None:
    task.version += 1
    made.log.append(TaskLog(id=uuid7_at(at, source), task=task, action=action, at=at, task_version=task.version))


def _often_the_first(people: Sequence[UUID], source: random.Random) -> UUID:
    """Draws the n-th of a list about 1/n times as often as the first: a few people file and work most."""
    weights = _WEIGHTS.setdefault(len(people), list(accumulate(1 / (rank + 5) for rank in range(len(people)))))
    return source.choices(people, cum_weights=weights)[0]


_WEIGHTS: dict[int, list[float]] = {}


def _drawn(source: random.Random, weights: dict[Task.Status, int]) -> Task.Status:
    return source.choices(list(weights), list(weights.values()))[0]


def uuid7_at(at: datetime, source: random.Random) -> UUID:
    """A version 7 UUID as of that time (RFC 9562, section 5.7)."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | source.getrandbits(12) << 64 | 0b10 << 62 | source.getrandbits(62))
