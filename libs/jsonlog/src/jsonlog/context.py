"""What every log line of the current request or task carries, kept in one context variable."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from jsonlog.trace import Trace, recorded

_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The ids of the request or task at hand; `actor` is `{"id", "kind", "name"}`."""

    request_id: str | None = None
    task_id: str | None = None
    user_id: str | None = None
    actor: dict[str, Any] | None = None
    trace: Trace | None = None
    rendered: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    """What formatters have made of it, by their own keys: one request logs many lines with the same ids."""


class _Keep(Enum):
    """Stands for an argument that was not given, because None means: nothing is bound."""

    KEEP = "keep"


KEEP = _Keep.KEEP
_context: ContextVar[Context] = ContextVar("jsonlog", default=Context())  # noqa: B039 - frozen
current = _context.get
"""All that is bound now. The context variable's own method: it is called for every line."""


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


def trace() -> Trace | None:
    """OpenTelemetry's current span where there is one, else what the request or task came with."""
    return recorded() or _context.get().trace


def traceparent() -> str | None:
    """The W3C header for whoever is called from here, or None outside of a trace."""
    now = trace()
    return None if now is None else now.traceparent()


def outgoing() -> dict[str, str]:
    """The headers that carry the ids to another service: `X-Request-ID` and `traceparent`, as far as bound."""
    headers = {"X-Request-ID": _context.get().request_id, "traceparent": traceparent()}
    return {name: value for name, value in headers.items() if value is not None}


def set_actor(actor: dict[str, Any]) -> None:
    """Names who acts until the enclosing `bind` ends; a user's id becomes `user_id` as well.

    Shape: `{"id": str, "kind": "user" | "service" | ..., "name": str}`.
    """
    bound = _context.get()
    user = str(actor["id"]) if actor.get("kind") == "user" else bound.user_id
    _context.set(replace(bound, actor=actor, user_id=user, rendered={}))


@contextmanager
def bind(
    *,
    request_id: str | _Keep | None = KEEP,
    task_id: str | _Keep | None = KEEP,
    user_id: str | _Keep | None = KEEP,
    actor: dict[str, Any] | _Keep | None = KEEP,
    trace: Trace | _Keep | None = KEEP,
) -> Iterator[Context]:
    """Binds what is given for the block and restores everything afterwards, `set_actor` inside it included."""
    before = _context.get()
    bound = Context(
        request_id=before.request_id if request_id is KEEP else request_id,
        task_id=before.task_id if task_id is KEEP else task_id,
        user_id=before.user_id if user_id is KEEP else user_id,
        actor=before.actor if actor is KEEP else actor,
        trace=before.trace if trace is KEEP else trace,
    )
    with bound_to(bound):
        yield bound


@contextmanager
def bound_to(bound: Context) -> Iterator[None]:
    """Binds all of another moment's `current()`, for work that goes on after its request, such as a streamed body."""
    before = _context.get()
    _context.set(bound)
    try:
        yield
    finally:
        # Not ContextVar.reset(): a block may end in a copy of the context that it began in (async views, signals).
        _context.set(before)


def new_request_id() -> str:
    """A fresh id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def valid_request_id(text: str) -> bool:
    """Whether an inbound id may be taken over: 1-128 of `A-Za-z0-9._-`. Anything else could forge log lines."""
    return _VALID_REQUEST_ID.fullmatch(text) is not None
