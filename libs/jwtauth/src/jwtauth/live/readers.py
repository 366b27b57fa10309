"""One reader of one stream: from the position that they name to the end of their token, or of their access."""

import asyncio
import time
from abc import ABC, abstractmethod

import healthcheck
from jwtauth.conf import config
from jwtauth.live.database import in_thread
from jwtauth.principal import Principal
from servicekit.live import ReaderGone, Stream

HEARTBEAT_SECONDS = 15.0


class Reader(ABC):
    """Holds a position and little else: a slow reader costs no memory, they just stay behind.

    `position` is the number of the last change that was sent; whoever has news for the reader sets `wake`.
    """

    stream: Stream

    def __init__(self, principal: Principal, position: int) -> None:
        self.principal = principal
        self.position = position
        self.wake = asyncio.Event()
        self.ask_revocation = False
        self._beat = 0.0

    @abstractmethod
    async def send_news(self) -> bool:
        """Send some of what is new, and say whether there may be more."""

    def lost_access(self) -> str | None:
        """Why the reader may not read on, in one word; None while they may."""
        return None

    def wake_at(self) -> float | None:
        """When there is news that no nudge will tell, by `time.time()`."""
        return None

    @abstractmethod
    def attach(self) -> None:
        """From here on nudges are for this reader too; called in the loop, before the stream begins."""

    @abstractmethod
    def detach(self) -> None:
        """And no longer; called in the loop, however the stream has ended."""

    async def look_again(self) -> None:
        """Look for what is new without having been woken, should a nudge have been lost."""
        return

    async def enter(self) -> None:
        """Called once the stream has begun."""
        return

    async def leave(self) -> None:
        """Called once it has ended."""
        return

    async def follow(self) -> str:
        """Send every change as it comes, until there is a reason to end, which is returned. Raises ReaderGone."""
        self._beat = time.monotonic() + HEARTBEAT_SECONDS
        while (reason := await self._reason_to_end()) is None:
            self.wake.clear()
            if await self.send_news():
                continue
            if (reason := self.lost_access()) is not None:
                return reason
            await self._sleep()
            if time.monotonic() >= self._beat:
                self._beat = time.monotonic() + HEARTBEAT_SECONDS
                self.ask_revocation = True
                await self.stream.heartbeat()
                await self.look_again()
        return reason

    async def _sleep(self) -> None:
        ends = self.principal.expires_at if (at := self.wake_at()) is None else min(at, self.principal.expires_at)
        left = min(self._beat - time.monotonic(), ends - time.time())
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
        return self.lost_access()
