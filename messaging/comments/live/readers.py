"""One reader of one ticket's conversation."""

import time
from collections import deque
from uuid import UUID

from comments.access import is_staff_on, may_see
from comments.live.rooms import Room, Rooms
from comments.models import Conversation, Presence, Visibility
from comments.selectors import Present, presence_visible
from comments.services.presence import presence_enter, presence_leave
from jwtauth.live import HEARTBEAT_SECONDS, Reader, in_thread
from jwtauth.principal import Principal
from servicekit.ids import uuid7
from servicekit.live import event
from servicekit.renderers import dump_json

TYPING_KEPT = 8


class ConversationReader(Reader):
    """Reads a room; is present on the ticket meanwhile."""

    room: Room

    def __init__(self, principal: Principal, position: int, conversation: Conversation, rooms: Rooms) -> None:
        super().__init__(principal, position)
        self._conversation = conversation
        self._rooms = rooms
        self._told_present: list[Present] | None = None
        self._presence_id: UUID = uuid7()
        self.typing: deque[dict[str, str]] = deque(maxlen=TYPING_KEPT)

    def presence(self) -> Presence:
        """That this stream is open, as a row."""
        return Presence(
            id=self._presence_id,
            conversation_id=self.room.conversation.pk,
            user_id=self.principal.id,
            name=self.principal.name[:255],
            is_staff=self._is_staff(),
        )

    def attach(self) -> None:
        self.room = self._rooms.join(self._conversation, self.wake)

    def detach(self) -> None:
        self._rooms.leave(self.room, self.wake)

    async def enter(self) -> None:
        await self.room.refresh()  # what came between the look-up and now; from here on every nudge counts
        await in_thread(lambda: presence_enter(presence=self.presence()))

    async def leave(self) -> None:
        ticket_id = self.room.conversation.pk
        await in_thread(lambda: presence_leave(presence_id=self._presence_id, ticket_id=ticket_id))

    def lost_access(self) -> str | None:
        return None if may_see(self.room.conversation, self.principal) else "access_lost"

    async def look_again(self) -> None:
        if self.room.refreshed_at < time.monotonic() - HEARTBEAT_SECONDS:
            await self.room.refresh()

    async def send_news(self) -> bool:
        entries, comments = await self.room.after(self.position)
        if self.lost_access():
            return False
        if not entries:
            await self._tell_typing()
            await self._tell_present()
            return False
        found = self.room.framed(entries, comments, staff=self._is_staff())
        if found:
            await self.stream.send(found)
        self.position = entries[-1].seq
        return True

    def _is_staff(self) -> bool:
        return is_staff_on(self.room.conversation, self.principal)

    async def _tell_typing(self) -> None:
        """Who writes; what staff write among themselves is for staff. It has no number and is not repeated."""
        while self.typing:
            who = self.typing.popleft()
            theirs = who["user_id"] != str(self.principal.id)
            if theirs and (self._is_staff() or who["visibility"] == Visibility.PUBLIC):
                await self.stream.send(event("typing", dump_json(who)))

    async def _tell_present(self) -> None:
        """Who is on the ticket, as far as the reader may know; again whenever that changes."""
        present = presence_visible(self.room.present, staff=self._is_staff())
        if present != self._told_present:
            self._told_present = present
            await self.stream.send(event("presence", dump_json({"present": [person._asdict() for person in present]})))
