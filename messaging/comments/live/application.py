"""The ASGI application of the live process: its streams, and the health endpoints."""

import asyncio
import json
import logging
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from django.db import DatabaseError

import healthcheck
from comments.errors import TooManyStreams
from comments.live.database import in_thread
from comments.live.readers import HEARTBEAT_SECONDS, Reader
from comments.live.rooms import Room
from comments.models import Conversation
from comments.selectors import conversation_get
from comments.services.presence import presence_enter, presence_leave, presence_renew
from jsonlog import context
from jsonlog.middleware import PROBE_PATHS
from jwtauth import scopes
from jwtauth.claims import verify
from jwtauth.conf import config
from jwtauth.errors import TokenInvalid, TokenRevoked
from jwtauth.principal import Principal
from servicekit.live import Listener, ReaderGone, Stream
from servicekit.live.streams import Receive, Send, refuse
from servicekit.problems import BadRequest, NotFound, PermissionDenied, of_exception

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]

MAX_STREAMS_PER_USER = 20
DRAIN_CHECK_SECONDS = 0.5
_PATH = re.compile(r"/api/v1/live/tickets/([A-Za-z0-9-]{1,64})/")
_POSITION = re.compile(r"[0-9]{1,18}")


class LiveApplication:
    """Readers by room; `django` answers the probes."""

    def __init__(self, *, django: Asgi) -> None:
        self._django = django
        self._rooms: dict[UUID, Room] = {}
        self._readers: set[Reader] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the process's start and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] in PROBE_PATHS:
            await self._django(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        listener = Listener(
            on_nudge=lambda topic: _in_loop(loop, lambda: self._nudged(topic)),
            on_connect=lambda: _in_loop(loop, self._look_everywhere),
        )
        await receive()
        listener.start()
        background = [asyncio.create_task(self._wake_when_draining()), asyncio.create_task(self._stay_present())]
        logger.info("ready")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in background:
            task.cancel()
        listener.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        given = headers.get("x-request-id", "")
        request_id = given if context.valid_request_id(given) else context.new_request_id()
        with context.bind(request_id=request_id, user_id=None, actor=None):
            try:
                principal, conversation, position = await self._admit(scope, headers)
            except Exception as error:
                problem = of_exception(error)
                if problem.status >= 500:
                    logger.error("%s on a live route", problem.code, exc_info=error)
                await refuse(send, problem, request_id=request_id)
                return
            context.set_actor(principal.as_actor())
            await self._stream(principal, conversation, position, Stream(receive, send), request_id)

    async def _admit(self, scope: Scope, headers: dict[str, str]) -> tuple[Principal, Conversation, int]:
        """Who asks for what, from where on. Raises the problem that is to be answered."""
        path = _PATH.fullmatch(scope["path"])
        if path is None or scope["method"] != "GET":
            raise NotFound
        query = parse_qs(scope["query_string"].decode("latin-1"))
        # A reader who comes back names the last number that they saw; it is newer than what their URL says.
        text = headers.get("last-event-id") or query.get("after", ["0"])[-1]
        if not _POSITION.fullmatch(text):
            raise BadRequest("The position is not a sequence number.")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise TokenInvalid
        principal, conversation = await in_thread(lambda: _look_up(token.strip(), path[1]))
        if Counter(reader.principal.id for reader in self._readers)[principal.id] >= MAX_STREAMS_PER_USER:
            raise TooManyStreams
        return principal, conversation, min(int(text), conversation.last_seq)

    async def _stream(
        self, principal: Principal, conversation: Conversation, position: int, stream: Stream, request_id: str
    ) -> None:
        room = self._rooms.setdefault(conversation.pk, Room(conversation))
        reader = Reader(principal, room, position, stream)
        stream.gone.add_done_callback(lambda _: reader.wake.set())
        self._readers.add(reader)
        room.wakes.add(reader.wake)
        started, reason = time.monotonic(), "server_restarts"
        try:
            await stream.start(request_id=request_id)
            await room.refresh()  # what came between the look-up and now; from here on every nudge counts
            await in_thread(lambda: presence_enter(presence=reader.presence()))
            reason = await reader.follow()
            await stream.end(reason)
        except ReaderGone:
            reason = "reader_gone"
        except DatabaseError:
            logger.warning("the database failed a live stream", exc_info=True)
            reason = "server_error"
            with suppress(ReaderGone):
                await stream.end(reason)
        finally:
            stream.close()
            self._readers.discard(reader)
            room.wakes.discard(reader.wake)
            self._spawn(_try(lambda: in_thread(lambda: _leave(reader))))
            if not room.wakes:
                self._rooms.pop(conversation.pk, None)
            facts = {"reason": reason, "duration_ms": round((time.monotonic() - started) * 1000)}
            logger.info("live stream ended: %s", reason, extra=facts)

    def _nudged(self, topic: str) -> None:
        kind, _, name = topic.partition(":")
        if kind == "user":
            for reader in self._readers:
                if str(reader.principal.id) == name:
                    reader.ask_revocation = True
                    reader.wake.set()
            return
        ticket_id, _, rest = name.partition(":")
        room = self._rooms.get(UUID(ticket_id))
        if room is None:
            return
        if kind == "ticket":
            self._refresh(room)
        elif kind == "presence":
            self._spawn(_try(room.refresh_present))
        elif kind == "typing":
            for reader in self._readers:
                if reader.room is room:
                    reader.typing.append(json.loads(rest))
                    reader.wake.set()

    def _look_everywhere(self) -> None:
        for room in self._rooms.values():
            self._refresh(room)
        for reader in self._readers:
            reader.ask_revocation = True

    def _refresh(self, room: Room) -> None:
        self._spawn(_try(room.refresh))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stay_present(self) -> None:
        """Renew what the others know of this process's readers, and look for readers whose process was killed."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            presences = [reader.presence() for reader in self._readers]
            if presences:
                await _try(lambda presences=presences: in_thread(lambda: presence_renew(presences=presences)))  # type: ignore[misc]
            for room in self._rooms.values():
                self._spawn(_try(room.refresh_present))

    async def _wake_when_draining(self) -> None:
        while not healthcheck.is_draining():
            await asyncio.sleep(DRAIN_CHECK_SECONDS)
        for reader in self._readers:
            reader.wake.set()


async def _try(work: Callable[[], Awaitable[None]]) -> None:
    """Do what the next heartbeat would do again."""
    try:
        await work()
    except Exception:
        logger.warning("the database failed the live process", exc_info=True)


def _leave(reader: Reader) -> None:
    presence_leave(presence_id=reader.presence_id, ticket_id=reader.room.conversation.pk)


def _look_up(token: str, ticket: str) -> tuple[Principal, Conversation]:
    principal = verify(token)
    if config().is_revoked(principal):
        raise TokenRevoked
    scopes.require(principal, "GET")
    if not principal.is_user:
        raise PermissionDenied
    return principal, conversation_get(ticket=ticket, principal=principal)


def _in_loop(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(function)
