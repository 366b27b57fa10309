"""What every log line of the current request or task carries, kept in one context variable."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any, NamedTuple

_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class Context(NamedTuple):
    """The ids of the request or task at hand; `actor` is `{"id", "kind", "name"}`."""

    request_id: str | None = None
    task_id: str | None = None
    user_id: str | None = None
    actor: dict[str, Any] | None = None


class _Keep(Enum):
    """Stands for an argument that was not given, because None means: nothing is bound."""

    KEEP = "keep"


KEEP = _Keep.KEEP
_EMPTY = Context()
_context: ContextVar[Context] = ContextVar("jsonlog", default=_EMPTY)


def current() -> Context:
    """All that is bound now."""
    return _context.get()


def request_id() -> str | None:
    """The id of the current request, or None outside of one."""
    return _context.get().request_id


def task_id() -> str | None:
    """The id of the current Celery task, or None outside of one."""
    return _context.get().task_id


def user_id() -> str | None:
    """The id of the signed-in user, or None."""
    return _context.get().user_id


def actor() -> dict[str, Any] | None:
    """Who acts: `{"id", "kind", "name"}` as events carry it, or None."""
    return _context.get().actor


def set_actor(actor: dict[str, Any]) -> None:
    """Names who acts until the enclosing `bind` ends; a user's id becomes `user_id` as well.

    Shape: `{"id": str, "kind": "user" | "service" | ..., "name": str}`.
    """
    bound = _context.get()._replace(actor=actor)
    if actor.get("kind") == "user":
        bound = bound._replace(user_id=str(actor["id"]))
    _context.set(bound)


@contextmanager
def bind(
    *,
    request_id: str | _Keep | None = KEEP,
    task_id: str | _Keep | None = KEEP,
    user_id: str | _Keep | None = KEEP,
    actor: dict[str, Any] | _Keep | None = KEEP,
) -> Iterator[Context]:
    """Binds what is given for the block and restores everything afterwards, `set_actor` inside it included."""
    before = _context.get()
    bound = Context(
        before.request_id if request_id is KEEP else request_id,
        before.task_id if task_id is KEEP else task_id,
        before.user_id if user_id is KEEP else user_id,
        before.actor if actor is KEEP else actor,
    )
    _context.set(bound)
    try:
        yield bound
    finally:
        # Not ContextVar.reset(): a block may end in a copy of the context that it began in (async views, signals).
        _context.set(before)


def new_request_id() -> str:
    """A fresh id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def valid_request_id(text: str) -> bool:
    """Whether an inbound id may be taken over: 1-128 of `A-Za-z0-9._-`. Anything else could forge log lines."""
    return _VALID_REQUEST_ID.fullmatch(text) is not None
