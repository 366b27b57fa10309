"""auth hangs for a minute: what the callers of the other services notice. python bench/auth_away.py [--seconds N]

Starts the suite and reads from each other service in turn, over four connections, in batches: before, while every
process of auth is stopped with SIGSTOP, and afterwards. Before each batch a token with an unknown key id makes the
service ask auth for its keys. Exit status 1 when an answer was not 200, or when the median p99 of a service's batches
while auth hangs lies beyond the 95 % interval of those before and afterwards, and beyond their median by a tenth.
"""

import argparse
import itertools
import json
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Scripts"), str(ROOT)]

import jwt  # noqa: E402 - what follows is found by the line above
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from suite.console import say, table  # noqa: E402
from suite.polling import until  # noqa: E402
from tests.e2e import servers  # noqa: E402
from tests.e2e.running import Running, running_suite  # noqa: E402

from figures import median_interval, percentile  # noqa: E402
from load import Request, send  # noqa: E402

CONNECTIONS = 4
BATCH = 100
READS = {
    "ticket-service": "/api/v1/tickets/?limit=25",
    "workflow-api": "/api/v1/tasks/?scope=all&limit=25",
    "messaging": "/api/v1/comments/?q=printer&limit=25",
    "notification-service": "/api/v1/inbox/?limit=25",
}
PHASES = ("before", "while auth hangs", "afterwards")


@dataclass
class Measured:
    """p99 in milliseconds of each batch by phase, how many answers were not 200, and the last of those."""

    tails: dict[str, list[float]] = field(default_factory=lambda: {phase: [] for phase in PHASES})
    bad: int = 0
    error: str = ""

    def result(self) -> dict[str, Any]:
        """The figures, and whether the promise was kept."""
        middle, low, high = median_interval(self.tails[PHASES[0]] + self.tails[PHASES[2]])
        hung = median_interval(self.tails[PHASES[1]])
        return {
            "requests": [len(self.tails[phase]) * BATCH for phase in PHASES],
            "not_200": self.bad,
            "p99_ms": [round(value, 1) for value in (middle, low, high)],
            "p99_ms_while_auth_hangs": [round(value, 1) for value in hung],
            "kept": not self.bad and hung[0] <= max(high, middle * 1.1),
            "error": self.error,
        }


def read(running: Running, token: str, seconds: float, measured: dict[str, Measured], phase: str) -> None:
    """Batches of each service in turn until the time is over; a phase that is none of `PHASES` is not counted."""
    strange = jwt.encode({}, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "?", "typ": "at+jwt"})
    deadline = time.monotonic() + seconds
    for name in itertools.cycle(READS):
        if time.monotonic() > deadline:
            return
        port = running.suite.topology[name].port
        unknown, known = (
            Request("GET", READS[name], headers={"Authorization": f"Bearer {t}"}) for t in (strange, token)
        )
        send(port, lambda *_, request=unknown: request, count=1, connections=1)
        answers = send(port, lambda *_, request=known: request, count=BATCH, connections=CONNECTIONS)
        if phase in PHASES:
            measured[name].tails[phase].append(percentile(answers.seconds, 0.99) * 1000)
        measured[name].bad += BATCH - answers.statuses[200]
        measured[name].error = answers.error or measured[name].error


def measure(running: Running, seconds: float) -> dict[str, Measured]:
    """Before, during, afterwards."""
    measured = {name: Measured() for name in READS}
    for name in READS:
        until(f"the people at {name}", lambda name=name: _knows(running, name))
    token = running.sign_in("coordinator").token
    read(running, token, 8, measured, "warm")
    read(running, token, seconds / 2, measured, PHASES[0])
    for process in ("web", "worker"):
        running.send("auth-service", process, signal.SIGSTOP)
    try:
        read(running, token, seconds, measured, PHASES[1])
    finally:
        for process in ("web", "worker"):
            running.send("auth-service", process, signal.SIGCONT)
    read(running, token, seconds / 2, measured, PHASES[2])
    return measured


def _knows(running: Running, service: str) -> bool:
    return bool(running.query(service, "SELECT 1 FROM jwtauth_person WHERE username = 'coordinator'"))


def main() -> int:
    """Prints one JSON object and a table for people."""
    parser = argparse.ArgumentParser(prog="bench/auth_away.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--seconds", type=float, default=60, help="for which auth hangs, half of it before and after (60)"
    )
    seconds = parser.parse_args().seconds
    with servers.postgresql() as database, running_suite(database_url=database.url("postgres")) as running:
        results = {name: one.result() for name, one in measure(running, seconds).items()}
    say(json.dumps({"seconds": seconds, "services": results}))
    rows = []
    for name, result in results.items():
        usual, hung = (f"{m} ({low}-{high})" for m, low, high in (result["p99_ms"], result["p99_ms_while_auth_hangs"]))
        rows.append([name, result["requests"][1], result["not_200"], usual, hung, "yes" if result["kept"] else "NO"])
    headers = ["service", "while auth hangs", "not 200", "p99 ms otherwise (95 %)", "p99 ms while it hangs", "kept"]
    say(table(headers, rows))
    missed = sum(not result["kept"] for result in results.values())
    say(f"{len(results) - missed} passed, {missed} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
