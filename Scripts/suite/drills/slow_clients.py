"""`drill.sh slow-clients`: 200 clients that send a byte a second, and what the others notice of them."""

import asyncio
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from suite.console import say, table
from suite.drills.traffic import Outcome, Traffic
from suite.stack import Stack
from suite.topology import Topology

CLIENTS = 200
RATE = 20.0
SECONDS = 30.0
ROUNDS = 2
BORNE = 2.0  # times the percentile without them
_HEAD = b"POST /tickets/api/v1/tickets/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


async def _slow(port: int, number: int, bodies: list[int]) -> None:
    """Half of them are slow from the first header on, half in the body. The gateway ends them; they come again."""
    with_body = number % 2 == 0
    fast = _HEAD + b"Content-Length: 10000\r\n\r\n" if with_body else b""
    slow = b'{"subject": "' + b"a" * 10_000 if with_body else _HEAD + b"X-Slow: " + b"a" * 10_000
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(fast)
            for byte in slow:
                writer.write(bytes([byte]))
                await writer.drain()
                bodies[number] += 1
                await asyncio.sleep(1.0)  # the pace of a slow client
                if reader.at_eof():
                    break
        except OSError:
            await asyncio.sleep(0.5)


@contextmanager
def slow_clients(port: int) -> Iterator[list[int]]:
    """200 of them, in a thread of their own; the bytes that each has sent."""
    sent = [0] * CLIENTS
    loop = asyncio.new_event_loop()

    async def all_of_them() -> None:
        await asyncio.gather(*(_slow(port, number, sent) for number in range(CLIENTS)))

    task = loop.create_task(all_of_them())

    def work() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            loop.run_until_complete(loop.shutdown_asyncgens())

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield sent
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(timeout=10)


def run(stack: Stack, shape: Topology) -> int:
    """0 if the 99th percentile of well-behaved clients at most doubles, and none of them fails."""
    port = int(stack.variables()["GATEWAY_PORT"])
    password = stack.variables()["SEED_ACCOUNT_PASSWORD"]
    without: list[Outcome] = []
    beside: list[Outcome] = []
    with Traffic(shape, password, rate=RATE, changes=0.05) as traffic:
        _spend(traffic, 10.0)  # connections, tokens, the first tickets
        # By turns, so that what else happens on the machine meets both.
        for _ in range(ROUNDS):
            without += _spend(traffic, SECONDS)
            with slow_clients(port) as sent:
                beside += _spend(traffic, SECONDS)
                say(f"  {sum(1 for count in sent if count)} slow clients have sent {sum(sent)} bytes one by one")
    rows = [
        [name, len(o), sum(x.failed for x in o), _p(o, 50), _p(o, 99)]
        for name, o in (("alone", without), ("beside 200 slow ones", beside))
    ]
    say("\n" + table(["well-behaved clients", "requests", "failed", "p50 ms", "p99 ms"], rows))
    ratio = _p(beside, 99) / _p(without, 99)
    say(f"\np99 is {ratio:.2f} times what it is without them (at most {BORNE:.0f}).")
    return 1 if ratio > BORNE or any(outcome.failed for outcome in beside) else 0


def _spend(traffic: Traffic, seconds: float) -> list[Outcome]:
    begun = time.monotonic()
    time.sleep(seconds)  # how long is measured, not a wait for an effect
    return [outcome for outcome in traffic.since(begun) if outcome.kind != "sign in"]


def _p(outcomes: list[Outcome], percent: int) -> float:
    return 1000 * statistics.quantiles([outcome.seconds for outcome in outcomes], n=100)[percent - 1]
