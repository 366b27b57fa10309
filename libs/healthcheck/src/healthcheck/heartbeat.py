"""A file that a worker process touches while it is well: a process without a port has nothing else to show."""

import os
import time
from pathlib import Path


def touch(path: str | Path, *, at: float | None = None) -> None:
    """Says: alive now, or `at` a Unix time. Call it from the loop that does the work, not from a thread beside it."""
    Path(path).touch()
    if at is not None:
        os.utime(path, (at, at))


def age(path: str | Path) -> float | None:
    """Seconds since the last `touch`, or None if there was none."""
    try:
        return max(0.0, time.time() - Path(path).stat().st_mtime)
    except FileNotFoundError:
        return None


def is_fresh(path: str | Path, *, max_age: float) -> bool:
    """Whether the last `touch` is at most `max_age` seconds ago."""
    seconds = age(path)
    return seconds is not None and seconds <= max_age
