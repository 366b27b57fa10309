"""Periodic work without a scheduler of its own: the worker that holds the ticker's lease calls what is due."""

import time
from collections.abc import Callable
from dataclasses import dataclass


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
