"""A Celery worker's signs of life, and what is made of them."""

import os
import tempfile
import threading
import time
from pathlib import Path
from unittest import mock

from celery import signals
from django.core.cache import caches
from django.test import SimpleTestCase
from kombu import Connection, Queue

from healthcheck import checks, heartbeat, workers


class Signs(SimpleTestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = str(Path(folder.name) / "celery.beat")
        self.addCleanup(caches["default"].clear)

    def seen(self, *, beat: float, consumed: float | None = None) -> None:
        """A worker wrote so many seconds ago."""
        heartbeat.touch(self.file, at=time.time() - beat)
        if consumed is not None:
            heartbeat.touch(workers.consumed_file(self.file), at=time.time() - consumed)


class ReporterTests(Signs):
    def reporter(self, **where: str) -> workers.Reporter:
        reporter = workers.Reporter(pause=0, **where)
        reporter._thread = threading.current_thread()  # the test writes, not a thread beside it
        return reporter

    def test_both_signs_through_a_file(self) -> None:
        reporter = self.reporter(file=self.file)
        reporter.write()
        self.assertEqual((None, None), workers.last_seen(file=self.file))
        reporter.alive()
        reporter.took(sender=object())
        reporter.write()
        self.assertNotIn(None, workers.last_seen(file=self.file))

    def test_both_signs_through_a_cache(self) -> None:
        reporter = self.reporter(cache="default")
        self.assertEqual((None, None), workers.last_seen(cache="default"))
        reporter.alive()
        reporter.write()
        beat, consumed = workers.last_seen(cache="default")
        self.assertIsNotNone(beat)
        self.assertIsNone(consumed)

    def test_neither_named_is_a_mistake(self) -> None:
        with self.assertRaises(ValueError):
            workers.last_seen()

    def test_what_cannot_be_written_is_logged_once_until_it_can(self) -> None:
        reporter = self.reporter(file="/nonexistent/beat")
        reporter.alive()
        with self.assertLogs("healthcheck", "WARNING") as logs:
            reporter.write()
            reporter.write()
        self.assertEqual(1, len(logs.records))
        reporter._file = self.file
        reporter.write()
        self.assertIsNotNone(heartbeat.age(self.file))

    def test_a_thread_of_its_own_writes(self) -> None:
        reporter = workers.Reporter(file=self.file, pause=0)
        written = threading.Semaphore(0)
        write = reporter.write
        with mock.patch.object(reporter, "write", side_effect=lambda: (write(), written.release())):
            reporter.alive()
            self.assertTrue(written.acquire(timeout=60))
            reporter.took()
            self.assertTrue(written.acquire(timeout=60))
        self.assertNotIn(None, workers.last_seen(file=self.file))

    def test_install_hears_the_workers_signals(self) -> None:
        reporter = workers.install(file=self.file)
        for signal, receiver in (
            (signals.heartbeat_sent, reporter.alive),
            (signals.worker_ready, reporter.alive),
            (signals.task_received, reporter.took),
        ):
            self.addCleanup(signal.disconnect, receiver)
            with mock.patch.object(reporter, "_tell") as tell:
                signal.send(sender=None)
            tell.assert_called_once_with()


class WorkersCheckTests(Signs):
    def setUp(self) -> None:
        super().setUp()
        self.channel = Connection("memory://").channel()
        self.queue = Queue("work", channel=self.channel)
        self.queue.declare()
        self.addCleanup(self.queue.purge)

    def code(self, **options: object) -> tuple[str, str]:
        result = checks.workers(file=self.file, url="memory://", **options)  # type: ignore[arg-type]
        return result.status, result.code

    def test_nothing_seen_yet_is_unknown(self) -> None:
        self.assertEqual(("warn", "unknown"), self.code())

    def test_alive_and_dead(self) -> None:
        self.seen(beat=3)
        self.assertEqual(("pass", ""), self.code())
        self.seen(beat=31)
        self.assertEqual(("fail", "no_heartbeat"), self.code())

    def test_alive_to_no_purpose(self) -> None:
        with Connection("memory://") as connection:
            connection.Producer().publish({"n": 1}, routing_key="work")
        self.seen(beat=3)
        self.assertEqual(("warn", "not_consuming"), self.code(queues=["work"]))
        self.seen(beat=3, consumed=301)
        self.assertEqual(("warn", "not_consuming"), self.code(queues=["work", "unheard-of"]))
        self.seen(beat=3, consumed=10)
        self.assertEqual(("pass", ""), self.code(queues=["work"]), "it takes messages")

    def test_idle_with_nothing_to_do_is_well(self) -> None:
        self.seen(beat=3, consumed=9000)
        self.assertEqual(("pass", ""), self.code(queues=["work"]))


class ExecProbeTests(Signs):
    def probe(self, *arguments: str) -> int:
        from healthcheck.__main__ import main

        with mock.patch("sys.stderr"):
            return main(["--heartbeat", self.file, *arguments])

    def test_last_message_too_long_ago(self) -> None:
        self.seen(beat=1)
        self.assertEqual(0, self.probe())
        self.assertEqual(1, self.probe("--max-idle", "60"))
        self.seen(beat=1, consumed=30)
        self.assertEqual(0, self.probe("--max-idle", "60"))
        os.utime(workers.consumed_file(self.file), (0, 0))
        self.assertEqual(1, self.probe("--max-idle", "60"))
