"""What several test modules of the bus use."""

import contextlib
from collections.abc import Iterator
from typing import Any

from eventbus import registry
from eventbus.registry import Event
from servicekit.ids import uuid7


def envelope(event_type: str = "thing.changed.v1", **fields: Any) -> dict[str, Any]:
    """A complete envelope."""
    return {
        "event_id": str(uuid7()),
        "type": event_type,
        "version": 1,
        "aggregate_id": str(uuid7()),
        "occurred_at": "2026-11-21T09:00:00.000000Z",
        "producer": "workflow-api",
        "request_id": "req-1",
        "actor": None,
        "resync": False,
        "data": {"name": "one"},
        "change": {},
        **fields,
    }


class Handler:
    """A consumer that remembers what it got and fails as it is told."""

    def __init__(self) -> None:
        self.events: list[Event[Any, Any]] = []
        self.error: Exception | None = None

    def __call__(self, event: Event[Any, Any]) -> None:
        self.events.append(event)
        if self.error:
            raise self.error


@contextlib.contextmanager
def consuming(event_type: str = "thing.changed.v1", data: type[Any] = dict) -> Iterator[Handler]:
    """Register a handler for the time of a test."""
    handler = Handler()
    kept = {name: list(found) for name, found in registry.consumers.items()}
    registry.consumes(event_type, data=data)(handler)
    try:
        yield handler
    finally:
        registry.consumers.clear()
        registry.consumers.update(kept)
