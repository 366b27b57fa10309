"""`drill.sh faults`: containers restarted, workers killed, broker and database away, under mixed traffic."""

import functools
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from suite.api import Client
from suite.console import say, table
from suite.drills.reckoning import Books, books_of
from suite.drills.traffic import Outcome, Traffic, report, wait_until
from suite.rollout.green import inspect
from suite.stack import Stack, compose_name, output
from suite.topology import Topology

RATE = 8.0  # requests a second; a drill leaves the processor to the recovery
CHANGES = 0.4
RECOVERY = 15.0  # seconds after a dependency's return in which everything has to work again
BROKER_AWAY = 30.0
DATABASE_AWAY = 20.0
PHASES = ("restarts", "kills", "broker", "database")
_SETTLE = 180.0


@dataclass
class Faults:
    stack: Stack
    shape: Topology
    traffic: Traffic
    rows: list[list[object]] = field(default_factory=list)
    recoveries: dict[str, float] = field(default_factory=dict)

    def run(self, phases: Iterable[str]) -> None:
        for phase in phases:
            getattr(self, phase)()

    def restarts(self) -> None:
        """Each container once, one after another; the next when all is ready again."""
        for name in self._running():
            self._timed(f"restart {name}", functools.partial(self._restart, name))

    def kills(self) -> None:
        """Each worker three times by SIGKILL, from outside: Docker starts it again."""
        workers = [
            compose_name(service, process)
            for service in self.shape.services
            for process in service.processes
            if process.command in {"worker", "celery"}
        ]
        for _ in range(3):
            for name in workers:
                self._timed(f"SIGKILL {name}", functools.partial(self._kill, name))

    def broker(self) -> None:
        for _ in range(2):
            self._away("rabbitmq", BROKER_AWAY, self._broker_answers)

    def database(self) -> None:
        for _ in range(2):
            self._away("db", DATABASE_AWAY, self._database_answers)

    def _away(self, name: str, seconds: float, back: Callable[[], bool]) -> None:
        begun = time.monotonic()
        self.stack.run("stop", name, within=120)
        time.sleep(seconds)  # how long the fault lasts, not a wait for an effect
        self.stack.run("start", name, within=120)
        wait_until(f"{name} answers", back, within=120)
        recovered = self._recovered(f"{name} away", within=120)
        label = f"{name} away for {seconds:.0f} s"
        self.recoveries[label] = max(recovered, self.recoveries.get(label, 0.0))
        self._row(label, begun, recovered)

    def _timed(self, label: str, fault: Callable[[], object]) -> None:
        begun = time.monotonic()
        fault()
        self._row(label, begun, self._recovered(label, within=120))

    def _row(self, label: str, begun: float, recovered: float) -> None:
        outcomes = self.traffic.since(begun)
        self.rows.append([label, len(outcomes), sum(outcome.failed for outcome in outcomes), recovered])
        say(f"  {label:<44} {recovered:6.1f} s until all was well")

    def _recovered(self, what: str, *, within: float) -> float:
        """Seconds until every service is ready and a new ticket has its task, by way of the broker."""
        begun = time.monotonic()
        urls = [f"{service.url}/readyz" for service in self.shape.services]
        ready = wait_until(
            f"{what}: ready", lambda: all(Client().get(url).status == 200 for url in urls), within=within
        )
        say(f"    all services ready after {ready:.1f} s")
        # The traffic files tickets all the time; one that was filed after this moment tells of the whole way.
        known = set(self.traffic.ledger.tickets)

        def worked() -> bool:
            fresh = [ticket for ticket in list(self.traffic.ledger.tickets) if ticket not in known]
            return bool(fresh) and self.traffic.has_task(fresh[0])

        wait_until(f"{what}: a new ticket has its task", worked, within=within)
        return time.monotonic() - begun

    def _running(self) -> list[str]:
        return [c.name for c in self.stack.containers() if c.state == "running" and c.name != "mailpit"]

    def _restart(self, name: str) -> None:
        self.stack.run("restart", name, within=180)

    def _kill(self, name: str) -> None:
        container = self.stack.run("ps", "--quiet", name).strip()
        before = inspect(container).get("State", {})
        try:
            os.kill(int(before["Pid"]), signal.SIGKILL)
        except PermissionError:
            # Not root: Docker kills it, but then it does not start it again by itself.
            output(["docker", "kill", container])
            output(["docker", "start", container])
        wait_until(
            f"{name} started again",
            lambda: _started_after(inspect(container).get("State", {}), str(before["StartedAt"])),
            within=90,
        )

    def _broker_answers(self) -> bool:
        """The first bytes of AMQP are answered: the port alone is Docker's."""
        port = int(self.stack.variables()["RABBITMQ_PORT"])
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(connection.recv(1))
        except OSError:
            return False

    def _database_answers(self) -> bool:
        self.stack.run("exec", "--no-TTY", "db", "pg_isready", "--quiet", "--host", "127.0.0.1")
        return True


def _started_after(state: dict[str, object], before: str) -> bool:
    return state.get("Status") == "running" and state.get("StartedAt") != before


def run(stack: Stack, shape: Topology, phases: Iterable[str]) -> int:
    """0 if nothing was lost or doubled, nothing leaked, and recovery was quick."""
    password = stack.variables()["SEED_ACCOUNT_PASSWORD"]
    traffic = Traffic(shape, password, rate=RATE, changes=CHANGES)
    books = books_of(stack, shape, traffic.ledger)
    faults = Faults(stack, shape, traffic)
    begun = time.monotonic()
    with traffic:
        wait_until("the first tickets", lambda: len(traffic.ledger.tickets) > 3, within=60)
        faults.run(phases)
    books.settle(_SETTLE)
    return judge(faults, books, time.monotonic() - begun)


def judge(faults: Faults, books: Books, seconds: float) -> int:
    traffic, ledger = faults.traffic, faults.traffic.ledger
    say("\n" + table(["fault", "requests", "failed", "seconds until well"], faults.rows))
    say("\n" + table(["request", "count", "failed", "p50 ms", "p99 ms"], report(traffic.outcomes)))
    missing, doubled = books.missing(), books.doubled()
    complaints = complaints_of(traffic.outcomes)
    slow = {name: took for name, took in faults.recoveries.items() if took > RECOVERY}
    say(
        f"\nAcknowledged in {seconds:.0f} s: {len(ledger.tickets)} tickets, {len(ledger.comments)} comments, "
        f"{len(ledger.steps)} steps; idle connections closed under a client: {traffic.resent}."
    )
    say(f"Missing: {missing or 0}. Doubled: {doubled or 0}. Waiting: {books.waiting() or 0}.")
    say(f"Answers with something wrong in them: {complaints or 0}. Recoveries over {RECOVERY:.0f} s: {slow or 0}.")
    return 1 if missing or doubled or complaints or slow else 0


def complaints_of(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Answers that a client may complain of (no answer at all is none: the gateway may be what is away), by what."""
    found: dict[str, int] = {}
    for outcome in outcomes:
        if outcome.status and outcome.fault:
            key = f"{outcome.status} {outcome.kind}: {outcome.fault}"
            found[key] = found.get(key, 0) + 1
        elif outcome.status == 500:
            found[f"500 {outcome.kind}"] = found.get(f"500 {outcome.kind}", 0) + 1
    return found
