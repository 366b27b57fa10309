"""HTTP to the other services: one pool per process, bounded in time and size, no retries, no redirects."""

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import urllib3

from jsonlog import context
from servicekit.renderers import dump_json

MAX_BYTES = 16 * 1024 * 1024
CHUNK = 64 * 1024


class Unreachable(Exception):
    """No complete answer within the time: refused, timed out, broken off, or larger than 16 MiB."""


class InvalidAnswer(Unreachable):
    """The answer is not the JSON that it should be."""


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer, of whatever status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body; raises `InvalidAnswer`, which an unreachable peer's handling covers too."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise InvalidAnswer("the answer is not JSON") from None


@functools.cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(num_pools=16, maxsize=8, retries=False)


def request(
    method: str,
    url: str,
    *,
    json: Any = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 2.0,
) -> Response:
    """Send one request, with the current request id and trace, and read the whole answer within `timeout` seconds.

    What is sent is `json`, or `body` with the caller's Content-Type.

    Raises `Unreachable`, never for a status. Nothing is retried: what must arrive belongs in a database row.
    """
    deadline = time.monotonic() + timeout
    sent = {"Accept": "application/json", **(headers or {})}
    for name, value in context.outgoing().items():
        sent.setdefault(name, value)
    if json is not None:
        body = dump_json(json)
        sent.setdefault("Content-Type", "application/json")
    try:
        answer = _pool().request(
            method,
            url,
            body=body,
            headers=sent,
            timeout=urllib3.Timeout(connect=timeout, read=timeout),
            redirect=False,
            preload_content=False,
        )
        return Response(answer.status, answer.headers, _read(answer, deadline))
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Unreachable(f"{method} {url}: {type(error).__name__}") from error


def _read(answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """The body, unless it is too large or trickles in past the deadline; then the connection is closed, not reused."""
    parts, size = [], 0
    # read1 returns what is there: stream() would wait for a full chunk while each single byte restarts its timeout.
    while chunk := answer.read1(CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES or time.monotonic() > deadline:
            answer.close()
            raise Unreachable("the answer is too large" if size > MAX_BYTES else "the answer came too slowly")
    answer.release_conn()
    return b"".join(parts)
