"""Nothing is lost and nothing happens twice, whatever is killed or stopped while tickets come in."""

import contextlib
import threading
import time
import unittest

import psycopg2
from suite.postgres import Cluster
from suite.rabbitmq import Broker

from . import servers
from .ledger import Ledger
from .running import Running, running_suite

TICKETS = 200
PACE_SECONDS = 0.4
SETTLE_SECONDS = 120
CANCEL_SECONDS = 6

OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
CANCEL = f"SELECT pg_cancel_backend(pid) {OTHERS} AND state = 'active'"
CUT = f"SELECT pg_terminate_backend(pid) {OTHERS}"


class Faults:
    """Every process killed with SIGKILL once, the broker away for 30 s, statements cancelled, the database
    stopped for 15 s, while 200 tickets come in."""

    transport: str

    def test_200_tickets_have_200_tasks_and_200_assignment_notices(self) -> None:
        with servers.postgresql() as database, servers.rabbitmq(self.transport == "broker") as broker:
            # Each transport has to hold by itself, so the reconciliation that would repair the broker's is off.
            environment = {"EVENTBUS_RECONCILE_SECONDS": "0"}
            with running_suite(
                database_url=database.url("postgres"),
                broker_url=broker.url if broker else "",
                environment=environment,
            ) as running:
                ledger = Ledger(running, TICKETS, PACE_SECONDS)
                chaos = Chaos(running, database, broker)
                running.during(lambda: self.run_drill(ledger, chaos))
                self.report(ledger, chaos)
                self.assertEqual(len(set(ledger.acknowledged)), TICKETS)  # type: ignore[attr-defined]
                self.assertEqual(ledger.missing(), {})  # type: ignore[attr-defined]
                self.assertEqual(ledger.doubled(), {})  # type: ignore[attr-defined]
                self.assertEqual(len(ledger.task_tickets()), TICKETS)  # type: ignore[attr-defined]
                self.assertEqual(len(ledger.notice_tickets()), TICKETS)  # type: ignore[attr-defined]
                self.assertGreaterEqual(len(chaos.done), len(running.suite.members) + 1)  # type: ignore[attr-defined]

    def run_drill(self, ledger: Ledger, chaos: "Chaos") -> None:
        thread = threading.Thread(target=chaos.run)
        thread.start()
        try:
            ledger.file_all()
        finally:
            thread.join()
        ledger.settle(SETTLE_SECONDS)

    def report(self, ledger: Ledger, chaos: "Chaos") -> None:
        print(f"\n  {self.transport}: {len(ledger.acknowledged)} tickets acknowledged, {len(chaos.done)} faults:")
        print(f"  {', '.join(chaos.done)}")
        print(f"  answers that made the client try again: {dict(ledger.refusals)}")
        print(f"  missing: {ledger.missing() or 0}, doubled: {ledger.doubled() or 0}, left: {ledger.unhandled() or 0}")


class Chaos:
    """The faults, one after another, from the third second on."""

    def __init__(self, running: Running, database: Cluster, broker: Broker | None) -> None:
        self.running = running
        self.database = database
        self.broker = broker
        self.done: list[str] = []

    def run(self) -> None:
        members = [(member.service.name, member.process.name) for member in self.running.suite.members]
        half = len(members) // 2
        self._pause(3)
        self._without_broker(members[:half])
        self._cancel_statements(CANCEL_SECONDS)
        self.database.stop(mode="immediate")
        self.done.append("database stopped for 15 s")
        self._pause(15)
        self.running.in_main_thread(self.database.start)
        self._kill(members[half:])

    def _without_broker(self, members: list[tuple[str, str]]) -> None:
        """Frozen first, so that what is sent lies in its socket when it is killed: only a confirm tells."""
        if not self.broker:
            self._kill(members)
            return
        back = time.monotonic() + 30
        self.broker.pause()
        self._pause(5)
        self.broker.kill()
        self.done.append("broker frozen and killed, away for 30 s")
        self._kill(members)
        self._pause(back - time.monotonic())
        self.running.in_main_thread(self.broker.start)

    def _cancel_statements(self, seconds: float) -> None:
        """Whatever statement happens to run is cancelled, again and again, and then every connection is cut."""
        with contextlib.closing(psycopg2.connect(self.database.url("postgres"))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cancelled, end = 0, time.monotonic() + seconds
                while time.monotonic() < end:
                    cursor.execute(CANCEL)
                    cancelled += cursor.rowcount
                    self._pause(0.005)
                cursor.execute(CUT)
                self.done.append(f"{cancelled} statements cancelled, {cursor.rowcount} connections cut")

    def _kill(self, members: list[tuple[str, str]]) -> None:
        for service, process in members:
            if process == "web":
                self.running.kill_a_child(service, process)
                self.done.append(f"kill -9 {service} gunicorn worker")
                self._pause(1)
            self.running.kill(service, process)
            self.done.append(f"kill -9 {service} {process}")
            self._pause(1)

    @staticmethod
    def _pause(seconds: float) -> None:
        time.sleep(max(0.0, seconds))  # how long a fault lasts, not a wait for an effect


class FaultsOnTheFeed(Faults, unittest.TestCase):
    transport = "feed"


class FaultsOnRabbitMQ(Faults, unittest.TestCase):
    transport = "broker"
