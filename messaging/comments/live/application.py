"""The ASGI application of the live process: the conversations that are being read."""

import asyncio
import json
import re
from uuid import UUID

from comments.live.readers import ConversationReader
from comments.live.rooms import Rooms
from comments.selectors import conversation_get
from comments.services.presence import presence_renew
from jwtauth.live import HEARTBEAT_SECONDS, LiveApplication, in_thread
from jwtauth.live.application import Asgi
from jwtauth.principal import Principal


class ConversationStreams(LiveApplication[ConversationReader]):
    """Readers by room; a nudge names the ticket."""

    path = re.compile(r"/api/v1/live/tickets/([A-Za-z0-9-]{1,64})/")

    def __init__(self, *, django: Asgi) -> None:
        super().__init__(django=django)
        self._rooms = Rooms()

    async def admit(self, principal: Principal, position: int, found: re.Match[str]) -> ConversationReader:
        conversation = await in_thread(lambda: conversation_get(ticket=found[1], principal=principal))
        return ConversationReader(principal, min(position, conversation.last_seq), conversation, self._rooms)

    def nudged(self, topic: str) -> None:
        kind, _, name = topic.partition(":")
        ticket_id, _, rest = name.partition(":")
        room = self._rooms.find(UUID(ticket_id))
        if room is None:
            return
        if kind == "ticket":
            self.spawn(room.refresh())
        elif kind == "presence":
            self.spawn(room.refresh_present())
        elif kind == "typing":
            for reader in self.readers:
                if reader.room is room:
                    reader.typing.append(json.loads(rest))
                    reader.wake.set()

    def look_everywhere(self) -> None:
        for room in self._rooms:
            self.spawn(room.refresh())

    async def keep(self) -> None:
        """Renew what the others know of this process's readers, and look for readers whose process was killed."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            presences = [reader.presence() for reader in self.readers]
            if presences:
                self.spawn(in_thread(lambda presences=presences: presence_renew(presences=presences)))  # type: ignore[misc]
            for room in self._rooms:
                self.spawn(room.refresh_present())
