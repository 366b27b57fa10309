"""Celery's workers: by their heartbeat and what they consume; by ping as an extra."""

from collections.abc import Sequence

from healthcheck.checks.queues import celery_app, depth, own_broker_connection
from healthcheck.definition import Result, check
from healthcheck.workers import last_seen


@check(name="workers", critical=False, timeout=4.0, ttl=5.0, max_age=30.0)
def workers(
    *,
    file: str = "",
    cache: str = "",
    seconds: float = 30.0,
    queues: Sequence[str] = (),
    idle_seconds: float = 300.0,
    url: str = "",
) -> Result:
    """A worker with `healthcheck.workers.install` was alive within `seconds`, as the file or the cache says.

    With `queues`, also whether it consumes: where messages wait and none was taken for `idle_seconds`, the worker is
    alive to no purpose, or every slot is busy; a warning. Nothing seen yet is unknown: a warning, no failure.
    """
    seen = last_seen(file=file, cache=cache)
    if seen.beat is None:
        return Result(status="warn", code="unknown")
    detail = {"heartbeat_seconds": round(seen.beat, 1)}
    if seen.consumed is not None:
        detail["consumed_seconds"] = round(seen.consumed, 1)
    if seen.beat > seconds:
        return Result(status="fail", code="no_heartbeat", detail=detail)
    idle = seen.consumed is None or seen.consumed > idle_seconds
    if queues and idle:
        with own_broker_connection(url) as connection:
            waiting = sum(depth(connection, name) or 0 for name in queues)
        detail["waiting"] = waiting
        if waiting:
            return Result(status="warn", code="not_consuming", detail=detail)
    return Result(status="pass", detail=detail)


@check(name="celery", critical=False, timeout=5.0, ttl=15.0, max_age=60.0)
def celery() -> Result:
    """A Celery worker answers a ping. No answer within a second is a warning: busy workers do not answer in time."""
    replies = celery_app().control.ping(timeout=1.0, limit=1)
    return Result(status="pass") if replies else Result(status="warn", code="no_reply")
