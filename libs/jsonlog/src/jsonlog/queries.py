"""How many database queries a request made, and how long they took, without DEBUG and without keeping their texts."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created


class Count:
    """Queries so far, and the seconds that they took."""

    __slots__ = ("queries", "seconds")

    def __init__(self) -> None:
        self.queries = 0
        self.seconds = 0.0


_count: ContextVar[Count | None] = ContextVar("jsonlog.queries", default=None)


def begin() -> Count:
    """Counts the queries of the current request, in whichever thread Django runs them, from now on."""
    count = Count()
    _count.set(count)
    return count


def install() -> None:
    """Counts on every connection, those already open included; idempotent.

    A wrapper stays on its connection for good: putting it on and off would cost each request more than counting.
    """
    connection_created.connect(_on_new_connection, dispatch_uid="jsonlog.queries")
    for connection in connections.all(initialized_only=True):
        _wrap(connection)


def _on_new_connection(connection: Any, **_: object) -> None:
    _wrap(connection)


def _wrap(connection: Any) -> None:
    if _counted not in connection.execute_wrappers:
        connection.execute_wrappers.append(_counted)


def _counted(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    count = _count.get()
    if count is None:
        return execute(sql, params, many, context)
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        count.queries += 1
        count.seconds += time.perf_counter() - started
