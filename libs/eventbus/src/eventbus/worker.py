"""The worker process: relay, inbox, each lane of jobs, and ticker, each a loop in a thread of its own under a lease.

Any number of worker processes may run; of each loop one does the work and the others stand by. A loop that fails logs
it, closes its database connection, and starts again after a pause: a broker or database that went away is met this way.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from django.db import connection

from eventbus import broker, conf, inbox, jobs, relay, ticker
from eventbus.broker import BrokerPublisher
from eventbus.feed import FeedReader
from eventbus.lease import Lease

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 2.0  # after a return an event crosses several loops, each of which may be in its pause
# A loop that has not come round for this long is stuck; the heartbeat stops.
STUCK_SECONDS = 150.0
RETRIES_PER_ROUND = 20


class Step(Protocol):
    """One round of a loop. Returns whether there may be more to do at once."""

    def __call__(self) -> bool: ...


class Loop(threading.Thread):
    """Calls `step` again and again while it holds the lease."""

    def __init__(
        self, name: str, step: Step, stop: threading.Event, *, reset: Callable[[], None] | None = None
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._step = step
        self._stop_event = stop
        self._reset = reset
        self._lease = Lease(name)
        self.last_round: float | None = None

    def run(self) -> None:
        """Run until stopped; no `Exception` ends it."""
        pause = 0.0
        while not self._stop_event.is_set():
            try:
                wait = self._round()
                pause = 0.0
            except Exception:
                pause = min(LONGEST_PAUSE_SECONDS, pause * 2 or 0.5)
                wait = pause
                logger.exception("%s failed; it starts again in %.1f s", self.name, pause)
                self._clean_up()
            self._stop_event.wait(wait)
        self._clean_up()

    def _round(self) -> float:
        held = self._lease.held()
        busy = self._step() if held else False
        self.last_round = time.monotonic()
        if not held:
            return 1.0
        return 0.0 if busy else conf.poll_seconds()

    def _clean_up(self) -> None:
        connection.close()
        if self._reset:
            self._reset()


class Relay:
    """The relay's loop: positions, then the broker when there is one."""

    def __init__(self) -> None:
        self._publisher: BrokerPublisher | None = None

    def step(self) -> bool:
        """Position and publish one batch."""
        positioned = relay.assign_positions()
        if not conf.broker_url():
            relay.mark_published()
            return positioned
        if self._publisher is None:
            self._publisher = BrokerPublisher()
        return relay.send_unpublished(self._publisher) > 0

    def reset(self) -> None:
        """Forget the connection to the broker."""
        publisher, self._publisher = self._publisher, None
        if publisher:
            try:
                publisher.close()
            except broker.ERRORS:
                logger.info("the broker's connection was gone already")


class Inbox:
    """The inbox's loop: events from the broker or the feeds, and parked events that are due."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._reader = FeedReader()
        self.on_idle: Callable[[], None] = lambda: None

    def step(self) -> bool:
        """One round of the feeds; with a broker, consume until it goes away or the worker stops."""
        if conf.broker_url() and conf.producers():
            broker.consume(self._stop, idle=self._idle)
            return False
        busy = self._reader.read()
        return self._retry() or busy

    def _idle(self) -> None:
        self._retry()
        self.on_idle()

    @staticmethod
    def _retry() -> bool:
        return all(inbox.retry_due() for _ in range(RETRIES_PER_ROUND))


def job_step(lane: str) -> Step:
    """Do what is due in the lane; with a broker a Celery worker is told first."""
    if not conf.broker_url():
        return lambda: jobs.run_due(lane=lane)
    from eventbus.celery import send_nudge  # Celery is heavy, and only needed where there is a broker

    return lambda: jobs.run_due(send_nudge, lane)


def reconcile(reader: FeedReader) -> None:
    """Read every producer's feed to its present end, for what the broker did not bring."""
    while reader.read():
        pass


class Worker:
    """The loops of one worker process and their supervision."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        relay_loop, inbox_loop = Relay(), Inbox(self.stop)
        self.loops = [
            Loop("relay", relay_loop.step, self.stop, reset=relay_loop.reset),
            Loop("inbox", inbox_loop.step, self.stop),
            *(Loop(f"jobs-{lane}" if lane else "jobs", job_step(lane), self.stop) for lane in jobs.lanes()),
            Loop("ticker", self._tick, self.stop),
        ]
        inbox_loop.on_idle = self._mark(self.loops[1])
        if conf.broker_url() and conf.producers() and conf.reconcile_seconds() > 0:
            reader = FeedReader()
            ticker.every(seconds=conf.reconcile_seconds())(lambda: reconcile(reader))

    def run(self, heartbeat: Path | None) -> int:
        """Run until `stop` is set. Returns the exit status: 1 when a loop died or is stuck, else 0.

        `heartbeat` is touched every second or so once every loop has come round, and no longer when one is stuck.
        """
        for loop in self.loops:
            loop.start()
        logger.info("worker started", extra={"transport": "broker" if conf.broker_url() else "feed"})
        status = 0
        while not self.stop.wait(1.0):
            if not all(loop.is_alive() for loop in self.loops):
                logger.critical("a loop died; the worker ends")
                status = 1
                break
            if heartbeat and self._healthy():
                heartbeat.touch()
        self.stop.set()
        for loop in self.loops:
            loop.join(timeout=10)
        logger.info("worker stopped")
        return status

    def _healthy(self) -> bool:
        now = time.monotonic()
        rounds = [loop.last_round for loop in self.loops]
        return all(last is not None and now - last < STUCK_SECONDS for last in rounds)

    @staticmethod
    def _tick() -> bool:
        ticker.run_due()
        return False

    @staticmethod
    def _mark(loop: Loop) -> Callable[[], None]:
        def mark() -> None:
            loop.last_round = time.monotonic()

        return mark
