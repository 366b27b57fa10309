"""What the idle suite costs: memory of each process with all that it started."""

import contextlib
import time
from typing import Any

import psutil

from suite.console import table

_SAMPLES = 15
_SETTLED = 0.01
MEBIBYTE = 1024 * 1024


def report(run: dict[str, Any]) -> str:
    """A table of processes with RSS and PSS in MiB and the time to ready; `run` is what State.run() answers.

    RSS counts pages that processes share in each of them; PSS divides them, so its sum is what the machine gives up.
    """
    _settle([int(entry["pid"]) for entry in run["processes"]])
    rows = []
    for entry in run["processes"]:
        started, rss, pss = memory_of(int(entry["pid"]))
        rows.append([entry["name"], started, round(rss / MEBIBYTE, 1), round(pss / MEBIBYTE, 1)])
    totals = [sum(row[column] for row in rows) for column in (1, 2, 3)]
    rows.append(["total", *totals])
    ready = f"Ready after {run['ready_seconds']:.1f} s ({run['remark']})."
    count = f"{len(rows) - 1} processes, {totals[0]} with those that they start."
    return table(["process", "os processes", "RSS MiB", "PSS MiB"], rows) + f"\n\n{ready} {count}"


def memory_of(pid: int) -> tuple[int, int, int]:
    """Number of processes, RSS and PSS in bytes of a process and its descendants. PSS is 0 where it cannot be read."""
    count = rss = pss = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                count += 1
                rss += process.memory_info().rss
                pss += getattr(process.memory_full_info(), "pss", 0)
    return count, rss, pss


def _settle(pids: list[int]) -> None:
    """Waits until the sum has stopped changing by more than 1 % between two samples, a quarter of a minute at most."""
    before = 0
    for _ in range(_SAMPLES):
        now = sum(memory_of(pid)[1] for pid in pids)
        if before and abs(now - before) < before * _SETTLED:
            return
        before = now
        time.sleep(1)
