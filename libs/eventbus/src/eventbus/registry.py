"""What this service does with which event: handlers, and the resyncs of what it owns."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

Data = TypeVar("Data")
Change = TypeVar("Change")


class Retry(Exception):
    """Something that this event needs has not arrived yet; try again later, for days if need be."""


@dataclass(frozen=True, slots=True)
class Event(Generic[Data, Change]):
    """One event as its consumer sees it: the envelope, with `data` and `change` cut to what the consumer declares.

    `actor` is `{"id", "kind", "name"}` or None. `resync` marks a repetition of state: apply it to projections, but let
    it cause no effect such as a mail.
    """

    event_id: UUID
    type: str
    version: int
    aggregate_id: UUID
    occurred_at: datetime
    producer: str
    request_id: str | None
    actor: dict[str, Any] | None
    resync: bool
    data: Data
    change: Change


@dataclass(frozen=True, slots=True)
class Consumer:
    """A handler with the slices of the event that it declared."""

    function: Callable[[Event[Any, Any]], None]
    data: type[Any]
    change: type[Any] | None

    def handle(self, envelope: dict[str, Any]) -> None:
        """Decode the envelope and call the handler. Raises `msgspec.ValidationError` for what is not as declared."""
        head = msgspec.convert(envelope, _Head, strict=False)
        self.function(
            Event(
                event_id=head.event_id,
                type=head.type,
                version=head.version,
                aggregate_id=head.aggregate_id,
                occurred_at=head.occurred_at,
                producer=head.producer,
                request_id=head.request_id,
                actor=head.actor,
                resync=head.resync,
                data=msgspec.convert(envelope["data"], self.data),
                change=msgspec.convert(envelope["change"], self.change) if self.change else None,
            )
        )


class _Head(msgspec.Struct):
    event_id: UUID
    type: str
    version: int
    aggregate_id: UUID
    occurred_at: datetime
    producer: str
    request_id: str | None
    actor: dict[str, Any] | None
    resync: bool


consumers: dict[str, list[Consumer]] = defaultdict(list)
resync_sources: dict[str, Callable[[], Iterable[object]]] = {}


def consumes(
    *types: str, data: type[Data], change: type[Change] | None = None
) -> Callable[[Callable[[Event[Any, Any]], None]], Callable[[Event[Any, Any]], None]]:
    """Register a handler of the named event types.

    `data` and `change` are the slices of the event that it needs: a `msgspec.Struct`, or `dict` for all of it. The
    handler runs inside the inbox's transaction, once per event; it may raise `Retry`.
    """

    def register(function: Callable[[Event[Any, Any]], None]) -> Callable[[Event[Any, Any]], None]:
        for event_type in types:
            consumers[event_type].append(Consumer(function, data, change))
        return function

    return register


def consumed_types() -> list[str]:
    """Every event type that this service consumes, sorted."""
    return sorted(consumers)


def resyncs(name: str) -> Callable[[Callable[[], Iterable[object]]], Callable[[], Iterable[object]]]:
    """Register the function behind `manage.py resync NAME`.

    It publishes the present state of each aggregate with `resync=True` and its present version, and yields once for
    each of them.
    """

    def register(function: Callable[[], Iterable[object]]) -> Callable[[], Iterable[object]]:
        resync_sources[name] = function
        return function

    return register
