"""One reader of one ticket: from the position that they name to the end of their token, or of their access."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

import healthcheck
from comments.access import is_staff_on, may_see
from comments.live.database import in_thread
from comments.live.rooms import Room
from comments.models import Presence, Visibility
from comments.selectors import Present, presence_visible
from jwtauth.conf import config
from jwtauth.principal import Principal
from servicekit.ids import uuid7
from servicekit.live import ReaderGone, Stream, event
from servicekit.renderers import dump_json

HEARTBEAT_SECONDS = 15.0
TYPING_KEPT = 8


@dataclass(eq=False)
class Reader:
    """Holds a position and little else: a slow reader costs no memory, they just stay behind."""

    principal: Principal
    room: Room
    position: int
    stream: Stream
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    ask_revocation: bool = False
    typing: deque[dict[str, str]] = field(default_factory=lambda: deque(maxlen=TYPING_KEPT))

    told_present: list[Present] | None = None
    presence_id: UUID = field(default_factory=uuid7)

    def presence(self) -> Presence:
        """That this stream is open, as a row."""
        return Presence(
            id=self.presence_id,
            conversation_id=self.room.conversation.pk,
            user_id=self.principal.id,
            name=self.principal.name[:255],
            is_staff=is_staff_on(self.room.conversation, self.principal),
        )

    async def follow(self) -> str:
        """Send every change as it comes, until there is a reason to end, which is returned. Raises ReaderGone."""
        beat = time.monotonic() + HEARTBEAT_SECONDS
        while (reason := await self._reason_to_end()) is None:
            self.wake.clear()
            entries, comments = await self.room.after(self.position)
            if entries:
                if (reason := self._lost_access()) is not None:
                    return reason
                staff = is_staff_on(self.room.conversation, self.principal)
                found = self.room.framed(entries, comments, staff=staff)
                if found:
                    await self.stream.send(found)
                self.position = entries[-1].seq
                continue
            await self._tell_typing()
            await self._tell_present()
            await self._sleep(beat)
            if time.monotonic() >= beat:
                beat = time.monotonic() + HEARTBEAT_SECONDS
                self.ask_revocation = True
                await self.stream.heartbeat()
                if self.room.refreshed_at < time.monotonic() - HEARTBEAT_SECONDS:
                    await self.room.refresh()  # should a nudge have been lost
        return reason

    async def _tell_typing(self) -> None:
        """Who writes; what staff write among themselves is for staff. It has no number and is not repeated."""
        staff = is_staff_on(self.room.conversation, self.principal)
        while self.typing:
            who = self.typing.popleft()
            theirs = who["user_id"] != str(self.principal.id)
            if theirs and (staff or who["visibility"] == Visibility.PUBLIC):
                await self.stream.send(event("typing", dump_json(who)))

    async def _tell_present(self) -> None:
        """Who is on the ticket, as far as the reader may know; again whenever that changes."""
        staff = is_staff_on(self.room.conversation, self.principal)
        present = presence_visible(self.room.present, staff=staff)
        if present != self.told_present:
            self.told_present = present
            await self.stream.send(event("presence", dump_json({"present": [person._asdict() for person in present]})))

    async def _sleep(self, until: float) -> None:
        left = min(until - time.monotonic(), self.principal.expires_at - time.time())
        try:
            await asyncio.wait_for(self.wake.wait(), max(left, 0.0))
        except TimeoutError:
            return

    async def _reason_to_end(self) -> str | None:
        if self.stream.gone.done():
            raise ReaderGone
        if healthcheck.is_draining():
            return "server_restarts"
        if time.time() >= self.principal.expires_at:
            return "token_expired"
        if self.ask_revocation:
            self.ask_revocation = False
            if await in_thread(lambda: config().is_revoked(self.principal)):
                return "token_revoked"
        return self._lost_access()

    def _lost_access(self) -> str | None:
        return None if may_see(self.room.conversation, self.principal) else "access_lost"
