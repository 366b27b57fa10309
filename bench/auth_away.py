"""auth hangs for a minute: what the callers of another service notice. python bench/auth_away.py [--seconds N]

Starts the suite, lists tickets over four connections, stops every process of auth with SIGSTOP, and lists on.
Exit status 1 when an answer was not 200, or when the median p99 of the batches while auth hangs lies beyond the 95 %
interval of that before, and beyond it by more than a tenth.
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Scripts"), str(ROOT)]

from suite.console import say  # noqa: E402
from tests.e2e import servers  # noqa: E402
from tests.e2e.running import Running, running_suite  # noqa: E402

from figures import median_interval, percentile  # noqa: E402 - what follows is found by the line above
from load import Request, send  # noqa: E402

CONNECTIONS = 4
BATCH = 200


def tails(port: int, token: str, seconds: float) -> tuple[list[float], int]:
    """p99 in milliseconds of each batch of requests, and how many answers were not 200."""
    request = Request("GET", "/api/v1/tickets/?limit=25", headers={"Authorization": f"Bearer {token}"})
    found, bad = [], 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answers = send(port, lambda *_: request, count=BATCH, connections=CONNECTIONS)
        found.append(percentile(answers.seconds, 0.99) * 1000)
        bad += sum(count for status, count in answers.statuses.items() if status != 200)
    return found, bad


def measure(running: Running, seconds: float) -> dict[str, object]:
    """Before and during."""
    token, port = running.sign_in("coordinator").token, running.suite.topology["ticket-service"].port
    tails(port, token, 5)  # warm
    before, bad_before = tails(port, token, seconds)
    for process in ("web", "worker"):
        running.send("auth-service", process, signal.SIGSTOP)
    try:
        during, bad_during = tails(port, token, seconds)
    finally:
        for process in ("web", "worker"):
            running.send("auth-service", process, signal.SIGCONT)
    middle, low, high = median_interval(before)
    hung = median_interval(during)
    kept = not bad_before and not bad_during and hung[0] <= max(high, middle * 1.1)
    return {
        "seconds": seconds,
        "requests": [len(before) * BATCH, len(during) * BATCH],
        "not_200": [bad_before, bad_during],
        "p99_ms_before": [round(value, 1) for value in (middle, low, high)],
        "p99_ms_while_auth_hangs": [round(value, 1) for value in hung],
        "kept": kept,
    }


def main() -> int:
    """Prints one JSON object and a line for people."""
    parser = argparse.ArgumentParser(prog="bench/auth_away.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="before, and while auth hangs (60)")
    seconds = parser.parse_args().seconds
    with servers.postgresql() as database, running_suite(database_url=database.url("postgres")) as running:
        result = measure(running, seconds)
    say(json.dumps(result))
    say(f"p99 before {result['p99_ms_before']} ms, while auth hangs {result['p99_ms_while_auth_hangs']} ms (95 %)")
    return 0 if result["kept"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
