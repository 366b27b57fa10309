"""One response of server-sent events (WHATWG HTML, section 9.2) over plain ASGI.

Not through Django's handler: it keeps a thread and a database connection for as long as a response lasts.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from servicekit.problems import CONTENT_TYPE, Problem
from servicekit.renderers import dump_json

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# A reader that takes nothing for so long is dropped; until then the server holds at most its own write buffer for it.
SEND_SECONDS = 20.0
RETRY_MILLISECONDS = 1000


class ReaderGone(Exception):
    """The reader has closed the connection, or takes nothing any more."""


def event(name: str, data: bytes, *, position: int | None = None) -> bytes:
    """One event; `data` is JSON on one line, `position` what the reader sends back as `Last-Event-ID`."""
    head = b"" if position is None else b"id: %d\n" % position
    return head + b"event: %s\ndata: %s\n\n" % (name.encode(), data)


async def refuse(send: Send, problem: Problem, *, request_id: str) -> None:
    """Answer the problem instead of a stream."""
    headers = {"content-type": CONTENT_TYPE, "x-request-id": request_id, **problem.headers}
    await send({"type": "http.response.start", "status": problem.status, "headers": _encoded(headers)})
    await send({"type": "http.response.body", "body": dump_json(problem.body())})


class Stream:
    """A started response; what it sends raises ReaderGone once the reader is gone or too slow."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._send = send
        self.gone = asyncio.ensure_future(_disconnected(receive))

    async def start(self, *, request_id: str) -> None:
        """Send the head; proxies are told to pass everything on at once."""
        headers = {
            "content-type": "text/event-stream",
            "cache-control": "no-store",
            "x-accel-buffering": "no",
            "x-content-type-options": "nosniff",
            "x-request-id": request_id,
        }
        await self._send({"type": "http.response.start", "status": 200, "headers": _encoded(headers)})
        await self.send(b"retry: %d\n\n" % RETRY_MILLISECONDS)

    async def send(self, frames: bytes) -> None:
        """Send finished events; waits while the reader is slow."""
        if self.gone.done():
            raise ReaderGone
        body = {"type": "http.response.body", "body": frames, "more_body": True}
        try:
            async with asyncio.timeout(SEND_SECONDS):  # wait_for would make a task for each reader and event
                await self._send(body)
        except (TimeoutError, OSError):
            raise ReaderGone from None

    async def heartbeat(self) -> None:
        """Send a comment, so that proxies and readers see that the connection lives."""
        await self.send(b":\n\n")

    async def end(self, reason: str) -> None:
        """Tell the reader why, and end the response."""
        await self.send(event("end", dump_json({"reason": reason})))
        await self._send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        """Stop watching the connection."""
        self.gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
