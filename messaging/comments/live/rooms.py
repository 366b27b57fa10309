"""Rooms: what this process holds of the conversations that are being read; one read serves all readers of a room."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from comments.api.serializers import CommentOut
from comments.models import Change, Conversation, Visibility
from comments.selectors import Present, present_on
from jwtauth.live import in_thread
from servicekit.live import event
from servicekit.renderers import dump_json

# Changes that a room keeps in memory; a reader who is further behind reads them from the database.
KEPT = 256
PRESENCE_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Entry:
    """One change, and whether it is of an internal note."""

    seq: int
    kind: str
    comment_id: UUID
    internal: bool


@dataclass(slots=True)
class Page:
    """Changes in order, their comments as JSON, and the conversation as it was read after them."""

    entries: list[Entry]
    comments: dict[UUID, bytes]
    conversation: Conversation

    @property
    def full(self) -> bool:
        """Whether there may be more."""
        return len(self.entries) == KEPT


def load(ticket_id: UUID, after: int) -> Page:
    """Read up to KEPT changes. The conversation comes last, so that access is never older than what it is asked for."""
    changes = Change.objects.filter(conversation_id=ticket_id, seq__gt=after).order_by("seq")
    changes = changes.select_related("comment__conversation").prefetch_related(
        "comment__attachments", "comment__reactions"
    )
    entries, comments = [], {}
    for change in changes[:KEPT]:
        internal = change.comment.visibility == Visibility.INTERNAL
        entries.append(Entry(change.seq, change.kind, change.comment_id, internal))
        if change.comment_id not in comments:
            comments[change.comment_id] = dump_json(CommentOut(change.comment).data)
    return Page(entries, comments, Conversation.objects.get(pk=ticket_id))


def frames(entries: list[Entry], comments: dict[UUID, bytes], *, staff: bool) -> bytes:
    """The entries as events; those of internal notes for staff only."""
    return b"".join(
        event(
            f"comment.{entry.kind}",
            b'{"seq":%d,"kind":"%s","comment":%s}' % (entry.seq, entry.kind.encode(), comments[entry.comment_id]),
            position=entry.seq,
        )
        for entry in entries
        if staff or not entry.internal
    )


@dataclass(eq=False)
class Room:
    """One ticket's conversation from where this process began to follow it."""

    conversation: Conversation
    wakes: set[asyncio.Event] = field(default_factory=set)
    refreshed_at: float = 0.0
    present: list[Present] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._floor = self._last = self.conversation.last_seq
        self._entries: deque[Entry] = deque()
        self._comments: dict[UUID, bytes] = {}
        self._lock = asyncio.Lock()
        self._stale = True
        self._framed: dict[tuple[int, int, bool], bytes] = {}
        self._asking_who = self._ask_who_again = False

    async def refresh(self) -> None:
        """Read what is new and wake the readers, for whom access may have changed too.

        Of many calls at once the one that looks last does it for all.
        """
        self._stale = True
        async with self._lock:
            more, self._stale = self._stale, False
            while more:
                after = self._last
                page = await in_thread(lambda after=after: load(self.conversation.pk, after))  # type: ignore[misc]
                more = page.full
                self._take(page)
            self.refreshed_at = time.monotonic()
        for wake in self.wakes:
            wake.set()

    async def refresh_present(self) -> None:
        """Ask who is on the ticket and wake the readers when that has changed.

        When two hundred come at once it is asked twice a second, and not two hundred times.
        """
        self._ask_who_again = True
        if self._asking_who:
            return
        self._asking_who = True
        try:
            while self._ask_who_again:
                self._ask_who_again = False
                present = await in_thread(lambda: present_on(ticket_id=self.conversation.pk))
                if present != self.present:
                    self.present = present
                    for wake in self.wakes:
                        wake.set()
                await asyncio.sleep(PRESENCE_PAUSE_SECONDS)
        finally:
            self._asking_who = False

    def _take(self, page: Page) -> None:
        self.conversation = page.conversation
        self._framed.clear()
        # A comment is held once, as it is now: what has been deleted is gone from the earlier entries as well.
        self._comments.update(page.comments)
        self._entries.extend(page.entries)
        if page.entries:
            self._last = page.entries[-1].seq
        if len(self._entries) > KEPT:
            while len(self._entries) > KEPT:
                self._floor = self._entries.popleft().seq
            needed = {entry.comment_id for entry in self._entries}
            self._comments = {key: value for key, value in self._comments.items() if key in needed}

    def framed(self, entries: list[Entry], comments: dict[UUID, bytes], *, staff: bool) -> bytes:
        """The entries as events, made once for all readers who are at the same place."""
        if comments is not self._comments:
            return frames(entries, comments, staff=staff)  # somebody far behind, read from the database
        key = (entries[0].seq, entries[-1].seq, staff)
        found = self._framed.get(key)
        if found is None:
            found = self._framed[key] = frames(entries, comments, staff=staff)
        return found

    async def after(self, position: int) -> tuple[list[Entry], dict[UUID, bytes]]:
        """Return some of the changes after the position, oldest first; none at the end."""
        if position >= self._floor:
            return [entry for entry in self._entries if entry.seq > position], self._comments
        page = await in_thread(lambda: load(self.conversation.pk, position))
        if page.conversation.version >= self.conversation.version:
            self.conversation = page.conversation
        return page.entries, page.comments


class Rooms:
    """The rooms of this process: there is one as long as somebody is in it."""

    def __init__(self) -> None:
        self._by_ticket: dict[UUID, Room] = {}

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self._by_ticket.values()))

    def find(self, ticket_id: UUID) -> Room | None:
        """The room of that ticket, if anybody reads it here."""
        return self._by_ticket.get(ticket_id)

    def join(self, conversation: Conversation, wake: asyncio.Event) -> Room:
        """Have the event set whenever there is news in the room, which is made when it is not there."""
        room = self._by_ticket.setdefault(conversation.pk, Room(conversation))
        room.wakes.add(wake)
        return room

    def leave(self, room: Room, wake: asyncio.Event) -> None:
        """Have it set no more."""
        room.wakes.discard(wake)
        if not room.wakes:
            self._by_ticket.pop(room.conversation.pk, None)
