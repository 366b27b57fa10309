"""The signs of life of a Celery worker: its heartbeat, and when it last took a message.

`install(file=..., cache=...)` in the worker's process; `healthcheck.checks.workers` and
`python -m healthcheck --heartbeat FILE` read them.
"""

import logging
import threading
import time
from typing import NamedTuple

from healthcheck import heartbeat

logger = logging.getLogger("healthcheck")

KEY = "healthcheck:worker"
_KEPT_SECONDS = 24 * 3600
# Signs closer together than this are written once.
_PAUSE_SECONDS = 1.0


class Seen(NamedTuple):
    """Seconds since the last heartbeat and since the last message taken; None: not seen."""

    beat: float | None
    consumed: float | None


def consumed_file(file: str) -> str:
    """Where the time of the last message is kept, beside the heartbeat's file."""
    return f"{file}.consumed"


def last_seen(*, file: str = "", cache: str = "") -> Seen:
    """What a worker last wrote, to the file or to the cache. Raises ValueError where neither is named."""
    if file:
        return Seen(heartbeat.age(file), heartbeat.age(consumed_file(file)))
    if not cache:
        raise ValueError("name the file or the cache that the worker writes")
    from django.core.cache import caches

    beat, consumed = caches[cache].get(KEY) or (None, None)
    now = time.time()
    return Seen(*(None if at is None else max(0.0, now - at) for at in (beat, consumed)))


class Reporter:
    """Writes the signs in a thread of its own: a cache that hangs must not hold up the worker."""

    def __init__(self, *, file: str = "", cache: str = "", pause: float = _PAUSE_SECONDS) -> None:
        self._file, self._cache, self._pause = file, cache, pause
        self._beat: float | None = None
        self._consumed: float | None = None
        self._news = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing = False

    def alive(self, **_: object) -> None:
        """Receives `heartbeat_sent` and `worker_ready`: the consumer's loop comes round and is connected."""
        self._beat = time.time()
        self._tell()

    def took(self, **_: object) -> None:
        """Receives `task_received`: the worker has taken a message."""
        self._consumed = time.time()
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._write_on, name="healthcheck-worker", daemon=True)
            self._thread.start()

    def _write_on(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            self.write()
            time.sleep(self._pause)

    def write(self) -> None:
        """Writes what is known; what cannot be written is logged once until it can be again."""
        try:
            if self._file:
                self._touch()
            if self._cache:
                from django.core.cache import caches

                caches[self._cache].set(KEY, (self._beat, self._consumed), timeout=_KEPT_SECONDS)
        except Exception:  # a cache may raise anything, and the next sign of life must be tried
            if not self._failing:
                logger.warning("the worker's signs of life cannot be written", exc_info=True)
            self._failing = True
        else:
            self._failing = False

    def _touch(self) -> None:
        if self._beat is not None:
            heartbeat.touch(self._file, at=self._beat)
        if self._consumed is not None:
            heartbeat.touch(consumed_file(self._file), at=self._consumed)


def install(*, file: str = "", cache: str = "") -> Reporter:
    """Connects the worker's signals; call once where the Celery app is made. Other processes never send them.

    `file`: a path; `cache`: an alias of a cache that the asking process shares. Celery sends heartbeats every two
    seconds unless it is started with --without-heartbeat.
    """
    from celery import signals

    reporter = Reporter(file=file, cache=cache)
    signals.heartbeat_sent.connect(reporter.alive, weak=False)
    signals.worker_ready.connect(reporter.alive, weak=False)
    signals.task_received.connect(reporter.took, weak=False)
    return reporter
