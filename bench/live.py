"""messaging's live channel under load: DATABASE_URL=postgres://... python ../bench/live.py, from inside messaging/.

    [READERS [COMMENTS [RATE]]]   200 readers over two live processes, 2,000 comments, 40 a second

Every reader is cut off at random, again and again, and comes back to either process with the number that it saw last.
Printed: time from POST to receipt, by readers who were connected and by all (time away included), and memory per
connection. The exit status is 1 unless every reader ends with the same complete stream, in order.

Processes are the ones of production (uvicorn, gunicorn) over a test database of DATABASE_URL, deleted at the end.
"""

import asyncio
import os
import random
import re
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

os.environ["DJANGO_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path.cwd()))

import django

django.setup()

from django.db import connection  # noqa: E402 - what follows needs Django to be set up
from django.test.runner import DiscoverRunner  # noqa: E402

from comments.models import Comment  # noqa: E402
from comments.tests.cast import TICKET, know_ticket  # noqa: E402
from figures import percentile  # noqa: E402
from jwtauth.live.testing import LiveProcess, WebProcess, trust_the_tests  # noqa: E402
from jwtauth.testing import make_token  # noqa: E402
from servicekit.ids import uuid7  # noqa: E402

SOURCES = {"TICKET_SERVICE_URL": "http://127.0.0.1:9"}
USERS = 20  # one may hold twenty streams per process
WRITERS = 4
CUTS = 3  # of each reader, on average
AWAY_SECONDS = (0.0, 0.5)
SETTLE_SECONDS = 60.0
LIVE = f"/api/v1/live/tickets/{TICKET}/"
COMMENTS = f"/api/v1/tickets/{TICKET}/comments/"
_ENTRY = re.compile(rb'"client_id":"([0-9a-f-]{36})"')


def token() -> str:
    """A coordinator's."""
    return make_token(user_id=uuid7(), name="Cora", roles=["tts:ticket-coordinator"])


@dataclass(eq=False)
class Reader:
    """Follows the stream from where it was cut off; `late` holds what came while, or right after, it was away."""

    ports: list[int]
    token: str
    sent_at: dict[bytes, float]
    stream: list[tuple[int, bytes]] = field(default_factory=list)
    prompt: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    connections: int = 0
    since: float = 0.0
    writer: asyncio.StreamWriter | None = None

    async def follow(self) -> None:
        """Read, and come back, for ever."""
        while True:
            port = self.ports[self.connections % len(self.ports)]
            with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await self._read(port)
            self.writer = None
            await asyncio.sleep(random.uniform(*AWAY_SECONDS))

    def cut(self) -> None:
        """Cut the connection without a goodbye."""
        if self.writer is not None:
            self.writer.transport.abort()

    async def _read(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        position = self.stream[-1][0] if self.stream else 0
        head = f"GET {LIVE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n"
        writer.write(f"{head}Last-Event-ID: {position}\r\n\r\n".encode())
        status = await reader.readline()
        if b" 200 " not in status:
            raise ValueError(status.decode())
        await reader.readuntil(b"\r\n\r\n")
        self.connections, self.writer, self.since = self.connections + 1, writer, time.perf_counter()
        rest = b""
        while size := int(await reader.readline(), 16):  # HTTP's chunks
            rest += (await reader.readexactly(size + 2))[:-2]
            *events, rest = rest.split(b"\n\n")
            for event in events:
                if event.startswith(b"id: "):
                    self._take(event)

    def _take(self, event: bytes) -> None:
        now, found = time.perf_counter(), _ENTRY.search(event)
        if found is None:
            return
        sent = self.sent_at[found[1]]
        (self.prompt if self.since < sent else self.late).append(now - sent)
        self.stream.append((int(event[4 : event.index(b"\n")]), found[1]))


async def write(port: int, numbers: list[int], rate: float, sent_at: dict[bytes, float]) -> None:
    """Post these comments over one connection, evenly."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    bearer, begun = token(), time.perf_counter()
    for turn, number in enumerate(numbers):
        await asyncio.sleep(max(begun + turn / rate - time.perf_counter(), 0))
        client_id = str(uuid7())
        body = f'{{"client_id": "{client_id}", "body": "Comment {number} of the bench."}}'.encode()
        head = f"POST {COMMENTS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bearer}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        sent_at[client_id.encode()] = time.perf_counter()
        writer.write(head.encode() + body)
        status = await reader.readline()
        if b" 201 " not in status:
            raise RuntimeError(f"a comment was not taken: {status!r}")
        headers = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(headers.split(b"content-length:")[1].split(b"\r\n")[0]))
    writer.close()


async def cut_at_random(readers: list[Reader], cuts: int, seconds: float) -> None:
    """Cut so many connections, spread over the time; each reader's at least once."""
    chosen = readers * (cuts // len(readers)) + random.sample(readers, cuts % len(readers))
    random.shuffle(chosen)
    for reader in chosen:
        await asyncio.sleep(seconds / cuts)
        reader.cut()


def memory(processes: list[LiveProcess]) -> int:
    """KiB of the processes' own memory (PSS)."""
    texts = [Path(f"/proc/{process.pid}/smaps_rollup").read_text() for process in processes]
    return sum(int(re.search(r"^Pss: +(\d+)", text, re.MULTILINE)[1]) for text in texts)  # type: ignore[index]


async def run(web: LiveProcess, lives: list[LiveProcess], count: int, comments: int, rate: float) -> bool:
    """The whole of it; answers whether every reader got everything."""
    before = memory(lives)
    sent_at: dict[bytes, float] = {}
    tokens = [token() for _ in range(USERS)]
    ports = [process.port for process in lives]
    readers = [Reader(ports[n % 2 :] + ports[: n % 2], tokens[n % USERS], sent_at) for n in range(count)]
    following = [asyncio.create_task(reader.follow()) for reader in readers]
    while not all(reader.writer for reader in readers):
        await asyncio.sleep(0.05)
    await asyncio.sleep(2)
    connected = memory(lives)
    begun = time.perf_counter()
    numbers = [list(range(n, comments, WRITERS)) for n in range(WRITERS)]
    writing = [write(web.port, some, rate / WRITERS, sent_at) for some in numbers]
    await asyncio.gather(*writing, cut_at_random(readers, CUTS * count, comments / rate * 0.95))
    took = time.perf_counter() - begun
    deadline = time.monotonic() + SETTLE_SECONDS
    while any(len(reader.stream) < comments for reader in readers) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    after = memory(lives)
    for task in following:
        task.cancel()
    expected = await asyncio.to_thread(_truth)
    complete = sum(reader.stream == expected for reader in readers)
    prompt = [seconds for reader in readers for seconds in reader.prompt]
    late = [seconds for reader in readers for seconds in reader.late]
    reconnections = sum(reader.connections - 1 for reader in readers)
    what = f"{count} readers, {len(lives)} live processes, {comments} comments"
    print(f"{what} in {took:.1f} s, {reconnections} reconnections")
    print(f"same complete ordered stream: {complete} of {count} readers")
    for name, values in (("connected when it was posted", prompt), ("all, time away included", prompt + late)):
        p50, p99 = percentile(values, 0.5) * 1000, percentile(values, 0.99) * 1000
        print(f"POST to receipt, {name}: p50 {p50:.0f} ms, p99 {p99:.0f} ms ({len(values)} receipts)")
    each = f"{(connected - before) / count:.1f} KiB per connection, {(after - before) / count:.1f} KiB after the run"
    print(f"memory: {each}")
    print(f"both processes: {before / 1024:.0f} MiB without readers, {after / 1024:.0f} MiB after the run")
    return complete == count and len(expected) == comments and reconnections >= count


def _truth() -> list[tuple[int, bytes]]:
    rows = Comment.objects.order_by("seq").values_list("seq", "client_id")
    found = [(seq, str(client_id).encode()) for seq, client_id in rows]
    connection.close()
    return found


def main() -> int:
    """Make the database and the processes, run, and remove them."""
    if connection.vendor != "postgresql":
        print("set DATABASE_URL=postgres://... : live channels need LISTEN and NOTIFY", file=sys.stderr)
        return 64
    count, comments, rate = (int(value) for value in [*sys.argv[1:], *("200", "2000", "40")[len(sys.argv) - 1 :]])
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    processes: list[LiveProcess] = []
    try:
        know_ticket()
        trust_the_tests()
        processes += [WebProcess(**SOURCES), LiveProcess(**SOURCES), LiveProcess(**SOURCES)]
        for process in processes:
            process.wait_ready()
        return 0 if asyncio.run(run(processes[0], processes[1:], count, comments, rate)) else 1
    finally:
        for process in processes:
            process.kill()
        runner.teardown_databases(databases)
        runner.teardown_test_environment()


if __name__ == "__main__":
    raise SystemExit(main())
