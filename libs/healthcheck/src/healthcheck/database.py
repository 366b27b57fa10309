"""A database connection of a check's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DEFAULT_DB_ALIAS, load_backend

# libpq takes anything below two seconds as two.
CONNECT_TIMEOUT_SECONDS = 2
_WITH_CONNECT_TIMEOUT = ("postgresql", "postgis", "mysql")


@contextmanager
def own_connection(alias: str = DEFAULT_DB_ALIAS) -> Iterator[BaseDatabaseWrapper]:
    """A new connection with the settings of `alias`, closed at the end of the block, in the thread that opened it.

    Never the request's connection and never a slot of the pool: a check that hangs must not take either with it.
    The time to connect is limited to CONNECT_TIMEOUT_SECONDS whatever the settings say.
    """
    settings = deepcopy(connections.settings[alias])
    settings |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    options = settings["OPTIONS"]
    options.pop("pool", None)
    engine = str(settings["ENGINE"])
    if engine.rpartition(".")[2] in _WITH_CONNECT_TIMEOUT:
        options["connect_timeout"] = CONNECT_TIMEOUT_SECONDS
    connection: BaseDatabaseWrapper = load_backend(engine).DatabaseWrapper(settings, alias)
    try:
        yield connection
    finally:
        connection.close()
        if connection.connection is not None:  # SQLite's backend keeps one to a database in memory open
            connection.connection.close()
