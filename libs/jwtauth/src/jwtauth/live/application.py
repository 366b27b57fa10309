"""The ASGI application of a live process: it admits readers, keeps their streams, and has Django answer the probes."""

import asyncio
import logging
import re
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from contextlib import suppress
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import parse_qs

from django.db import DatabaseError

import healthcheck
from jsonlog import context
from jsonlog.middleware import PROBE_PATHS
from jwtauth import scopes
from jwtauth.claims import verify
from jwtauth.conf import config
from jwtauth.errors import TokenInvalid, TokenRevoked, TooManyStreams
from jwtauth.live.database import in_thread
from jwtauth.live.readers import Reader
from jwtauth.principal import Principal
from servicekit.live import Listener, ReaderGone, Stream
from servicekit.live.streams import Receive, Send, refuse
from servicekit.problems import BadRequest, NotFound, PermissionDenied, of_exception

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]
OneReader = TypeVar("OneReader", bound=Reader)

MAX_STREAMS_PER_USER = 20
DRAIN_CHECK_SECONDS = 0.5
_POSITION = re.compile(r"[0-9]{1,18}")


class LiveApplication(ABC, Generic[OneReader]):
    """What every live process does alike; a service says who reads what, and what a nudge means to its readers."""

    path: ClassVar[re.Pattern[str]]
    """The one route, whole."""

    def __init__(self, *, django: Asgi) -> None:
        self._django = django
        self._tasks: set[asyncio.Task[None]] = set()
        self.readers: set[OneReader] = set()

    @abstractmethod
    async def admit(self, principal: Principal, position: int, found: re.Match[str]) -> OneReader:
        """Make the reader of the path that was found, from the position on. Raises the problem to answer instead."""

    @abstractmethod
    def nudged(self, topic: str) -> None:
        """Wake those whom the topic concerns; called in the loop. Topics `user:ID` are seen to already."""

    @abstractmethod
    def look_everywhere(self) -> None:
        """Have all look for what is new: nudges may have been missed. Called in the loop."""

    async def keep(self) -> None:
        """Whatever else the process does, for as long as it runs."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it meanwhile; a database that fails is logged, as a later heartbeat does the same again."""
        task = asyncio.get_running_loop().create_task(_try(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

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
        background = [asyncio.create_task(self._wake_when_draining()), asyncio.create_task(self.keep())]
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
                reader = await self._admit(scope, headers)
            except Exception as error:
                problem = of_exception(error)
                if problem.status >= 500:
                    logger.error("%s on a live route", problem.code, exc_info=error)
                await refuse(send, problem, request_id=request_id)
                return
            context.set_actor(reader.principal.as_actor())
            reader.stream = Stream(receive, send)
            await self._stream(reader, request_id)

    async def _admit(self, scope: Scope, headers: dict[str, str]) -> OneReader:
        """Who asks for what, from where on. Raises the problem that is to be answered."""
        found = self.path.fullmatch(scope["path"])
        if found is None or scope["method"] != "GET":
            raise NotFound
        query = parse_qs(scope["query_string"].decode("latin-1"))
        # A reader who comes back names the last number that they saw; it is newer than what their URL says.
        text = headers.get("last-event-id") or query.get("after", ["0"])[-1]
        if not _POSITION.fullmatch(text):
            raise BadRequest("The position is not a sequence number.")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise TokenInvalid
        principal = await in_thread(lambda: _person(token.strip()))
        reader = await self.admit(principal, int(text), found)
        if Counter(other.principal.id for other in self.readers)[principal.id] >= MAX_STREAMS_PER_USER:
            raise TooManyStreams
        return reader

    async def _stream(self, reader: OneReader, request_id: str) -> None:
        stream = reader.stream
        stream.gone.add_done_callback(lambda _: reader.wake.set())
        self.readers.add(reader)
        reader.attach()
        started, reason = time.monotonic(), "server_restarts"
        try:
            await stream.start(request_id=request_id)
            await reader.enter()
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
            self.readers.discard(reader)
            reader.detach()
            self.spawn(reader.leave())
            facts = {"reason": reason, "duration_ms": round((time.monotonic() - started) * 1000)}
            logger.info("live stream ended: %s", reason, extra=facts)

    def _nudged(self, topic: str) -> None:
        kind, _, name = topic.partition(":")
        if kind != "user":
            self.nudged(topic)
            return
        for reader in self.readers:
            if str(reader.principal.id) == name:
                reader.ask_revocation = True
                reader.wake.set()

    def _look_everywhere(self) -> None:
        for reader in self.readers:
            reader.ask_revocation = True
        self.look_everywhere()

    async def _wake_when_draining(self) -> None:
        while not healthcheck.is_draining():
            await asyncio.sleep(DRAIN_CHECK_SECONDS)
        for reader in self.readers:
            reader.wake.set()


async def _try(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        logger.warning("the database failed the live process", exc_info=True)


def _person(token: str) -> Principal:
    principal = verify(token)
    if config().is_revoked(principal):
        raise TokenRevoked
    scopes.require(principal, "GET")
    if not principal.is_user:
        raise PermissionDenied
    return principal


def _in_loop(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(function)
