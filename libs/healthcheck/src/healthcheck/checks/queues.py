"""The broker and its queues, through kombu."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.utils.module_loading import import_string

from healthcheck import conf
from healthcheck.definition import Result, check

SECONDS = 1


@check(name="broker", critical=False, timeout=4.0, ttl=10.0, max_age=60.0)
def broker(*, url: str = "", queues: Sequence[str] = ()) -> Result:
    """A new connection to the broker (by default the Celery app's) can be made; how much waits in `queues`."""
    with own_broker_connection(url) as connection:
        waiting = {name: depth(connection, name) for name in queues}
    detail = {f"waiting_{name}": count for name, count in waiting.items() if count is not None}
    return Result(status="pass", detail=detail)


@contextmanager
def own_broker_connection(url: str = "") -> Iterator[Any]:
    """A kombu connection that gives up after SECONDS at each step; never one of the app's pool."""
    from kombu import Connection

    address = url or celery_app().conf.broker_url
    limits = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}  # Redis
    if address.startswith(("amqp", "pyamqp")):
        limits = {"read_timeout": SECONDS, "write_timeout": SECONDS}
    with Connection(address, connect_timeout=SECONDS, heartbeat=0, transport_options=limits) as connection:
        connection.ensure_connection(max_retries=0, timeout=SECONDS, reraise_as_library_errors=False)
        yield connection


def depth(connection: Any, queue: str) -> int | None:
    """How many messages wait in the queue; None where there is no such queue."""
    channel = connection.channel()
    try:
        return int(channel.queue_declare(queue=queue, passive=True).message_count)
    except connection.channel_errors:
        return None
    finally:
        channel.close()


def celery_app() -> Any:
    """The app that `HEALTHCHECK["CELERY_APP"]` names, or Celery's current one."""
    path = conf.load().celery_app
    if path:
        return import_string(path)
    from celery import current_app

    return current_app
