"""The one database connection that all checks share: never a request's, never a slot of the pool."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.core import mail
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DEFAULT_DB_ALIAS, load_backend

# libpq takes anything below two seconds as two.
TIMEOUT_SECONDS = 2
# Where nothing answers any more, a broken network too, these end the wait of an open connection.
_FORCED: dict[str, dict[str, Any]] = {
    "postgresql": {
        "connect_timeout": TIMEOUT_SECONDS,
        "tcp_user_timeout": TIMEOUT_SECONDS * 1000,
        "keepalives": 1,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
    },
    "mysql": {
        "connect_timeout": TIMEOUT_SECONDS,
        "read_timeout": TIMEOUT_SECONDS,
        "write_timeout": TIMEOUT_SECONDS,
    },
    "oracle": {"tcp_connect_timeout": TIMEOUT_SECONDS},
    "sqlite3": {"timeout": TIMEOUT_SECONDS},
}
_LIKE = {"postgis": "postgresql", "spatialite": "sqlite3"}


class Busy(TimeoutError):
    """Another check has held the connection for too long."""


class _Shared:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.connection: BaseDatabaseWrapper | None = None

    def open(self, alias: str) -> BaseDatabaseWrapper:
        """The connection, made anew where it is none or was lost meanwhile: a restarted server is no failure."""
        known = self.connection
        if known is not None and known.connection is not None and not known.is_usable():
            self.close()
        if self.connection is None:
            self.connection = _new(alias)
            self.connection.inc_thread_sharing()  # each run has a thread of its own; the lock keeps them apart
        return self.connection

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is None:
            return
        connection.close()
        if connection.connection is not None:  # SQLite's backend keeps one to a database in memory open
            connection.connection.close()


_shared: dict[str, _Shared] = {}
# The child of a fork has the parent's sockets and must not speak on them. The drivers do not close them there.
os.register_at_fork(after_in_child=_shared.clear)


@contextmanager
def own_connection(alias: str = DEFAULT_DB_ALIAS) -> Iterator[BaseDatabaseWrapper]:
    """A connection with the settings of `alias` and forced timeouts, for the checks alone, one after the other.

    Inside the block the ORM uses it too, in a transaction that ends a statement after TIMEOUT_SECONDS (PostgreSQL). It
    stays open for the next run, so that any number of probes cost the database one session; after an exception it
    is closed. Raises Busy where another check holds it for TIMEOUT_SECONDS.
    """
    shared = _shared.setdefault(alias, _Shared())
    if not shared.lock.acquire(timeout=TIMEOUT_SECONDS):
        raise Busy(alias)
    before = connections[alias]
    try:
        connection = connections[alias] = shared.open(alias)
        try:
            with transaction.atomic(using=alias):
                if connection.vendor == "postgresql":
                    with connection.cursor() as cursor:
                        cursor.execute(f"SET LOCAL statement_timeout = {TIMEOUT_SECONDS * 1000}")
                yield connection
        except BaseException:
            shared.close()
            raise
        if hasattr(mail, "outbox"):  # Django's test runner is at work, and could not drop a database in use
            shared.close()
    finally:
        connections[alias] = before
        shared.lock.release()


def _new(alias: str) -> BaseDatabaseWrapper:
    settings = deepcopy(connections.settings[alias])
    settings |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False, "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True}
    options = settings["OPTIONS"]
    options.pop("pool", None)
    engine = str(settings["ENGINE"])
    kind = engine.rpartition(".")[2]
    options.update(_FORCED.get(_LIKE.get(kind, kind), {}))
    wrapper: BaseDatabaseWrapper = load_backend(engine).DatabaseWrapper(settings, alias)
    return wrapper
