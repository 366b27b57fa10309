"""Nudges: a transaction that commits wakes the live processes of its service, on this host and all others.

A nudge only says where to look; the truth is rows. One that is lost costs time, never data, so that PostgreSQL's
LISTEN/NOTIFY is enough.
"""

import logging
import select
import socket
import threading
from collections.abc import Callable

from django.db import Error, connection, connections

logger = logging.getLogger(__name__)

CHANNEL = "live"
CHECK_SECONDS = 15.0
STOP_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0


def nudge(*topics: str) -> None:
    """Wake the live readers of the topics (at most 7,000 bytes each) when the running transaction commits, or now.

    Does nothing on SQLite, where no live process runs.
    """
    if connection.vendor != "postgresql" or not topics:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, topic) FROM unnest(%s::text[]) AS topic", [CHANNEL, list(topics)])


class Listener:
    """A thread with a database connection of its own that hands over every nudge.

    `on_connect` is called after each connection is made: nudges from before it may have been missed. Both functions
    are called in the thread.
    """

    def __init__(self, *, on_nudge: Callable[[str], None], on_connect: Callable[[], None]) -> None:
        self._on_nudge = on_nudge
        self._on_connect = on_connect
        self._pause = FIRST_PAUSE_SECONDS
        self._stop = threading.Event()
        self._roused, self._rouse = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="live-listener", daemon=True)

    def start(self) -> None:
        """Start listening; a database that is away is tried again and again."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and its connection."""
        self._stop.set()
        self._rouse.send(b"x")
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (Error, OSError, ValueError) as error:  # ValueError: the socket was closed under select
                logger.warning("listening for nudges failed", extra={"reason": repr(error)})
            self._stop.wait(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _listen(self) -> None:
        own = connections["default"].copy()
        try:
            with own.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            raw = own.connection
            self._pause = FIRST_PAUSE_SECONDS
            self._on_connect()
            while not self._stop.is_set():
                ready = select.select([raw, self._roused], [], [], CHECK_SECONDS)[0]
                if raw in ready:
                    with own.wrap_database_errors:
                        raw.poll()
                elif not ready:
                    with own.cursor() as cursor:  # a connection that died in silence is noticed here
                        cursor.execute("SELECT 1")
                while raw.notifies:
                    self._on_nudge(raw.notifies.pop(0).payload)
        finally:
            own.close()
