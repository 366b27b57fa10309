"""Made-up tickets by the thousand, for measuring: alike in shape and distribution to those of a busy desk.

The same seed makes the same tickets but for their ids. They are rows only: no event tells of them. Everything that
lists, search, statistics and access need is there, and no number series has a gap.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TypeVar
from uuid import UUID

from tickets.access import Reason, role_grantee, user_grantee
from tickets.models import AccessGrant, HistoryEntry, Priority, Ticket
from tickets.status import Status

Key = TypeVar("Key", bound=str)

TAG = "bulk"
# Words of searches: one that about every eighth ticket has, and one of a ticket in a thousand.
COMMON_WORD = "printer"
RARE_WORD = "kaleidoscope"

DAYS = 730
_THINGS = (
    *("printer", "laptop", "monitor", "keyboard", "mouse", "headset", "phone", "projector", "scanner", "tablet"),
    *("docking station", "server", "router", "switch", "mailbox", "calendar", "share", "licence", "browser"),
    *("spreadsheet", "certificate", "password", "token", "badge", "camera", "backup", "database", "invoice"),
)
_TROUBLES = (
    *("does not start", "is very slow", "shows an error", "has no sound", "cannot be reached", "was lost"),
    *("needs a new owner", "prints twice", "asks for a password", "keeps disconnecting", "makes a noise"),
    *("is out of date", "cannot be found", "was refused"),
)
_SENTENCES = (
    "It worked until yesterday",
    "It happens since the last update",
    "Two colleagues have the same",
    "I have restarted it twice",
    "The message says that the connection was closed",
    "It is needed for a customer on Friday",
    "A picture is attached",
    "The older one did the same last year",
    "It can wait until next week",
    "The reception has a spare one",
)
_DEPARTMENTS = ("Sales", "Finance", "Production", "Research", "Support", "Legal", "Logistics", "")
# Category -> (share, role that works it, sub-categories).
_CATEGORIES = {
    "it-support": (0.62, "tts:agent", ("hardware", "software", "network", "access", "")),
    "general": (0.18, "tts:agent", ("",)),
    "asset-check-out": (0.09, "tts:asset-manager", ("",)),
    "asset-check-in": (0.06, "tts:asset-manager", ("",)),
    "budget-proposal": (0.05, "tts:budget-manager", ("",)),
}
_PRIORITIES = {Priority.LOW: 0.25, Priority.MEDIUM: 0.5, Priority.HIGH: 0.2, Priority.CRITICAL: 0.05}
_ENDS = {Status.CLOSED: 0.86, Status.REJECTED: 0.04, Status.WITHDRAWN: 0.07, Status.MERGED: 0.03}
_OPEN = {
    Status.NEW: 0.08,
    Status.OPEN: 0.3,
    Status.IN_PROGRESS: 0.34,
    Status.ON_HOLD: 0.12,
    Status.RESOLVED: 0.16,
}


@dataclass
class Made:
    """A batch of rows, in the order in which they have to be stored; `year` of all its tickets is one."""

    tickets: list[Ticket] = field(default_factory=list)
    grants: list[AccessGrant] = field(default_factory=list)
    history: list[HistoryEntry] = field(default_factory=list)


@dataclass(frozen=True)
class People:
    """Who files and who works, most active first; at least one of each."""

    requesters: Sequence[UUID]
    staff: Sequence[UUID]


class Maker:
    """Makes `count` tickets of the DAYS before `until`, oldest first."""

    def __init__(self, *, count: int, people: People, until: datetime, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a repeatable sequence is what is wanted
        self._count = count
        self._until = until
        self._requesters = _Zipf(people.requesters, self._random)
        self._staff = _Zipf(people.staff, self._random)

    def batches(self, size: int) -> Iterator[tuple[int, list[datetime]]]:
        """Year and times of creation, at most `size` a batch and never across a year's end."""
        step = timedelta(days=DAYS) / self._count
        begin = self._until - timedelta(days=DAYS)
        batch: list[datetime] = []
        for index in range(self._count):
            at = begin + step * (index + self._random.random())
            if batch and (len(batch) == size or batch[0].year != at.year):
                yield batch[0].year, batch
                batch = []
            batch.append(at)
        if batch:
            yield batch[0].year, batch

    def batch(self, year: int, times: Sequence[datetime], first_number: int) -> Made:
        """The rows of one batch."""
        made = Made()
        for offset, at in enumerate(times):
            self._ticket(made, f"TTS-{year}-{first_number + offset:06d}", at)
        return made

    def _ticket(self, made: Made, number: str, at: datetime) -> None:
        pick = self._random
        category, role, sub_category = self._category()
        open_for = (self._until - at) / timedelta(days=1)
        status = _weighted(pick, _OPEN if pick.random() < math.exp(-open_for / 12) else _ENDS)
        thing, trouble = pick.choice(_THINGS), pick.choice(_TROUBLES)
        if pick.random() < 0.08:
            thing = COMMON_WORD
        words = pick.sample(_SENTENCES, k=pick.randint(2, 6))
        if pick.random() < 0.001:
            words.append(f"The {RARE_WORD} is involved")
        requester, worker = self._requesters.draw(), self._staff.draw()
        worked = status not in {Status.NEW, Status.WITHDRAWN}
        ended = status in {Status.CLOSED, Status.RESOLVED}
        resolved_at = min(at + timedelta(hours=pick.expovariate(1 / 30)), self._until) if ended else None
        ticket = Ticket(
            id=uuid7_at(at, pick),
            number=number,
            subject=f"{thing.capitalize()} {trouble}",
            description=f"{'. '.join(words)}. Device PC-{pick.randrange(20_000):05d}.",
            category_id=category,
            sub_category=sub_category,
            priority=_weighted(pick, _PRIORITIES),
            department=pick.choice(_DEPARTMENTS),
            status=status,
            tags=[TAG] + (["vip"] if pick.random() < 0.02 else []),
            requester_id=requester,
            assignee_id=worker if worked else None,
            resolution=f"Mended the {thing}." if ended else "",
            rejection_reason="Not ours." if status == Status.REJECTED else "",
            rating=pick.choice((3, 4, 4, 5, 5, 5)) if status == Status.CLOSED and pick.random() < 0.3 else None,
            version=4 if worked else 1,
            created_at=at,
            updated_at=resolved_at or at,
            resolved_at=resolved_at,
            closed_at=resolved_at if status == Status.CLOSED else None,
            public_replies=". ".join(pick.sample(_SENTENCES, k=pick.randint(0, 3))),
        )
        made.tickets.append(ticket)
        made.grants.append(AccessGrant(ticket=ticket, grantee=user_grantee(requester), reason=Reason.REQUESTER))
        changes: list[tuple[str, str | None, str]] = [("status", None, str(Status.NEW))]
        if worked:
            made.grants.append(AccessGrant(ticket=ticket, grantee=user_grantee(worker), reason=Reason.ASSIGNEE))
            made.grants.append(AccessGrant(ticket=ticket, grantee=role_grantee(role), reason=Reason.STEP))
            changes += [("assignee_id", None, str(worker)), ("status", str(Status.NEW), str(Status.OPEN))]
        if status not in {Status.NEW, Status.OPEN}:
            changes.append(("status", str(Status.OPEN), str(status)))
        for step, (name, old, new) in enumerate(changes):
            when = at + timedelta(minutes=step)
            made.history.append(
                HistoryEntry(id=uuid7_at(when, pick), ticket=ticket, field=name, old=old, new=new, at=when)
            )

    def _category(self) -> tuple[str, str, str]:
        slug = _weighted(self._random, {slug: share for slug, (share, _, _) in _CATEGORIES.items()})
        _, role, sub_categories = _CATEGORIES[slug]
        return slug, role, self._random.choice(sub_categories)


class _Zipf:
    """Draws the n-th of a list 1/n times as often as the first: a few people file and work most."""

    def __init__(self, items: Sequence[UUID], source: random.Random) -> None:
        self._items = items
        self._random = source
        self._weights = list(accumulate(1 / (rank + 5) for rank in range(len(items))))

    def draw(self) -> UUID:
        return self._random.choices(self._items, cum_weights=self._weights)[0]


def uuid7_at(at: datetime, source: random.Random) -> UUID:
    """A version 7 UUID as of that time (RFC 9562, section 5.7)."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | source.getrandbits(12) << 64 | 0b10 << 62 | source.getrandbits(62))


def _weighted(source: random.Random, weights: Mapping[Key, float]) -> Key:
    return source.choices(list(weights), weights=list(weights.values()))[0]
