"""The worker's loops: they run, survive failures, take turns, and end when told."""

import tempfile
import threading
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from django.db import OperationalError, connection, connections, transaction
from django.test import TransactionTestCase
from django.utils import timezone

from eventbus import housekeeping, publish, relay, ticker
from eventbus.models import InboxEvent, Job, OutboxEvent
from eventbus.worker import Loop, Worker
from servicekit.ids import uuid7


class Looping(TransactionTestCase):
    def run_loop(self, step: object, **options: object) -> threading.Event:
        stop = threading.Event()
        loop = Loop("test", step, stop, **options)  # type: ignore[arg-type]
        self.addCleanup(loop.join, 10)
        self.addCleanup(stop.set)
        loop.start()
        return stop

    def test_a_failing_step_is_tried_again_after_a_reset(self) -> None:
        rounds, resets, done = [], [], threading.Event()

        def step() -> bool:
            rounds.append(1)
            if len(rounds) < 3:
                raise OperationalError("the database went away")
            done.set()
            return False

        with self.assertLogs("eventbus.worker", "ERROR") as logs:
            self.run_loop(step, reset=lambda: resets.append(1))
            self.assertTrue(done.wait(10))
        self.assertEqual((len(logs.output), len(resets)), (2, 2))

    def test_a_busy_step_is_called_again_at_once(self) -> None:
        rounds, done = [], threading.Event()

        def step() -> bool:
            rounds.append(1)
            if len(rounds) == 50:
                done.set()
            return True

        with patch("eventbus.conf.poll_seconds", return_value=60):
            self.run_loop(step)
            self.assertTrue(done.wait(10))

    def test_without_the_lease_it_stands_by(self) -> None:
        asked, stepped = threading.Event(), []

        def not_held(_: object) -> bool:
            asked.set()
            return False

        with patch("eventbus.lease.Lease.held", not_held):
            self.run_loop(lambda: bool(stepped.append(1)))
            self.assertTrue(asked.wait(10))
        self.assertEqual(stepped, [])


class WholeWorker(TransactionTestCase):
    def test_it_positions_events_beats_and_stops(self) -> None:
        with transaction.atomic():
            publish("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
        worker = Worker()
        status: list[int] = []
        with tempfile.TemporaryDirectory() as folder:
            heartbeat = Path(folder) / "heartbeat"
            # SQLite's in-memory database is one connection; the loops of this test share it by taking turns.
            thread = threading.Thread(target=lambda: status.append(worker.run(heartbeat)))
            self.share_connection()
            thread.start()
            self.wait_for(lambda: heartbeat.exists() and OutboxEvent.objects.exclude(published_at=None).exists())
            worker.stop.set()
            thread.join(30)
        self.assertEqual(status, [0])

    def test_a_dead_loop_ends_the_process_with_an_error(self) -> None:
        worker = Worker()
        worker.loops = worker.loops[:1]
        with patch.object(Loop, "run", lambda self: None), self.assertLogs("eventbus.worker", "CRITICAL"):
            self.assertEqual(worker.run(None), 1)

    def share_connection(self) -> None:
        connections["default"].inc_thread_sharing()
        self.addCleanup(connections["default"].dec_thread_sharing)

    def wait_for(self, condition: object) -> None:
        deadline = threading.Event()
        for _ in range(600):
            if condition():  # type: ignore[operator]
                return
            deadline.wait(0.05)
        self.fail("it did not happen within 30 s")


class Ticking(TransactionTestCase):
    def test_each_function_runs_at_its_own_pace(self) -> None:
        calls: list[str] = []
        with patch.object(ticker, "ticks", []), patch("time.monotonic") as clock:
            clock.return_value = 100.0
            ticker.every(seconds=10)(lambda: calls.append("ten"))
            ticker.every(seconds=30)(lambda: calls.append("thirty"))
            for now in (100.0, 105.0, 110.0, 129.0, 130.0):
                clock.return_value = now
                ticker.run_due()
        self.assertEqual(calls, ["ten", "thirty", "ten", "ten", "thirty"])

    def test_what_fails_for_one_is_done_for_the_others(self) -> None:
        done: list[int] = []

        def do(number: int) -> bool:
            if number == 2:
                raise ValueError("two")
            done.append(number)
            return number > 1

        with self.assertLogs("eventbus.ticker", "ERROR"):
            self.assertEqual(ticker.each([1, 2, 3], do), 1)
        self.assertEqual(done, [1, 3])

    def test_a_database_that_is_away_ends_the_round(self) -> None:
        def do(number: int) -> bool:
            raise OperationalError("gone")

        with patch.object(connection, "is_usable", return_value=False), self.assertRaises(OperationalError):
            ticker.each([1, 2], do)

    def test_pruning_goes_on_until_nothing_is_left(self) -> None:
        rows = [InboxEvent(event_id=uuid7(), type="t", producer="p") for _ in range(25)]
        InboxEvent.objects.bulk_create(rows)
        InboxEvent.objects.update(received_at=timezone.now() - timedelta(days=31))
        with patch.object(housekeeping, "BATCH", 10):
            self.assertEqual(housekeeping.prune(), 25)

    def test_pruning_keeps_what_is_needed(self) -> None:
        with transaction.atomic():
            for _ in range(3):
                publish("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
        relay.assign_positions()
        relay.mark_published()
        Job.objects.create(kind="work", payload={}, next_attempt_at=timezone.now())
        with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=31)):
            self.assertEqual(housekeeping.prune(), 2)
        self.assertEqual(OutboxEvent.objects.get().position, 3)
        self.assertEqual(Job.objects.count(), 1)
