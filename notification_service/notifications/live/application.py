"""The ASGI application of the live process: the inboxes that are being followed."""

import re
from uuid import UUID

from jwtauth.live import LiveApplication, in_thread
from jwtauth.live.application import Asgi
from jwtauth.principal import Principal
from notifications.live.readers import InboxReader, OpenInboxes
from notifications.selectors import inbox_position


class InboxStreams(LiveApplication[InboxReader]):
    """Readers by person; a nudge names whose inbox has changed."""

    path = re.compile(r"/api/v1/live/inbox/")

    def __init__(self, *, django: Asgi) -> None:
        super().__init__(django=django)
        self._open_inboxes = OpenInboxes()

    async def admit(self, principal: Principal, position: int, found: re.Match[str]) -> InboxReader:
        last = await in_thread(lambda: inbox_position(principal=principal))
        return InboxReader(principal, min(position, last), self._open_inboxes)

    def nudged(self, topic: str) -> None:
        kind, _, name = topic.partition(":")
        if kind == "inbox":
            self._open_inboxes.wake(UUID(name))

    def look_everywhere(self) -> None:
        for reader in self.readers:
            reader.wake.set()
