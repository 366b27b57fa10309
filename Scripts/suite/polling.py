"""Waiting for something that another process does: asked again and again until a deadline, never a fixed sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

from suite.console import Failure

T = TypeVar("T")


def until(what: str, ask: Callable[[], T | None], *, within: float = 30.0, pause: float = 0.1) -> T:
    """The first answer of `ask` that is neither None nor False nor empty; `Failure` after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {within:.0f} s")
        time.sleep(pause)
