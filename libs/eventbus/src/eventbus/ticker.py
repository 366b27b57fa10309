"""Periodic work without a scheduler of its own: the worker that holds the ticker's lease calls what is due."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from eventbus.outage import database_away

logger = logging.getLogger(__name__)

Item = TypeVar("Item")


@dataclass(slots=True)
class Tick:
    """A function and when it is due next, on the monotonic clock."""

    function: Callable[[], object]
    seconds: float
    due: float = 0.0


ticks: list[Tick] = []


def every(*, seconds: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Call the function about every `seconds`, and once at start. It must be idempotent and short."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        ticks.append(Tick(function, seconds))
        return function

    return register


def run_due() -> None:
    """Call each function that is due. What one raises is passed on; the others are due at the next call."""
    for tick in ticks:
        if time.monotonic() >= tick.due:
            tick.due = time.monotonic() + tick.seconds
            tick.function()


def each(items: Iterable[Item], function: Callable[[Item], bool]) -> int:
    """Call the function, which has a transaction of its own, with each of the items; answer how many times it said yes.

    What it raises about one is logged and holds up none of the others; only a database that is away ends it.
    """
    done = 0
    for item in items:
        try:
            done += function(item)
        except Exception as error:
            if database_away(error):
                raise
            logger.exception("periodic work failed for one of many", extra={"item": str(item)})
    return done
