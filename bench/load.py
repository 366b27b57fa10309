"""A closed-loop HTTP client: so many connections, each sends its next request when the answer has come.

Of our own because bodies, keys and versions differ with each request, which wrk can only do in Lua.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """One request; the body is sent as JSON."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """As it goes over the wire."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body or self.method in {"POST", "PUT", "PATCH"}:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass
class Answers:
    """Seconds of each answer, how many of which status, and the body of the last one that was an error."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    elapsed: float = 0.0
    error: str = ""


# Makes a connection's next request of its number, how many it has sent, and the body of its last answer.
Maker = Callable[[int, int, bytes], Request]


def send(port: int, maker: Maker, *, count: int, connections: int) -> Answers:
    """Sends `count` requests over `connections` to 127.0.0.1."""
    answers = Answers()
    begun = time.perf_counter()
    asyncio.run(_all(port, maker, count, connections, answers))
    answers.elapsed = time.perf_counter() - begun
    return answers


async def _all(port: int, maker: Maker, count: int, connections: int, answers: Answers) -> None:
    shares = [count // connections + (number < count % connections) for number in range(connections)]
    await asyncio.gather(*(_connection(port, number, share, maker, answers) for number, share in enumerate(shares)))


async def _connection(port: int, number: int, count: int, maker: Maker, answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    last = b""
    try:
        for sent in range(count):
            encoded = maker(number, sent, last).encoded()
            begun = time.perf_counter()
            writer.write(encoded)
            status, last, closes = await _answer(reader)
            answers.seconds.append(time.perf_counter() - begun)
            answers.statuses[status] += 1
            if status >= 400:
                answers.error = last.decode(errors="replace")[:300]
            if closes:  # gunicorn replaces its worker after so many requests
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, body, and whether the server closes."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status = int(head.split(" ", 2)[1])
    lines = (line.partition(":") for line in head.split("\r\n")[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in lines}
    body = await _chunks(reader) if headers.get("transfer-encoding") == "chunked" else b""
    if length := int(headers.get("content-length", 0)):
        body = await reader.readexactly(length)
    return status, body, headers.get("connection", "").lower() == "close"


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return body
