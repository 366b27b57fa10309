"""Nudges reach a listener when their transaction commits; a stream is bounded, and ends when its reader is gone."""

import asyncio
import threading
from unittest import skipUnless
from unittest.mock import patch

from django.db import connection, transaction
from django.test import SimpleTestCase, TransactionTestCase, tag

from servicekit.live import Listener, ReaderGone, Stream, event, nudge, streams
from servicekit.problems import NotFound


class EventTests(SimpleTestCase):
    def test_the_format(self):
        self.assertEqual(event("end", b"{}"), b"event: end\ndata: {}\n\n")
        self.assertEqual(event("x", b"1", position=7), b"id: 7\nevent: x\ndata: 1\n\n")


class StreamTests(SimpleTestCase):
    def run_stream(self, work, *, reads=True):
        """Do the work on a stream whose reader reads, or never does; answer what was sent."""
        sent = []

        async def send(message):
            sent.append(message)
            if not reads:
                await asyncio.sleep(60)

        async def run():
            leave = asyncio.Event()

            async def receive():
                await leave.wait()
                return {"type": "http.disconnect"}

            stream = Stream(receive, send)
            try:
                await work(stream, leave)
            finally:
                stream.close()

        asyncio.run(run())
        return sent

    def test_it_starts_sends_and_ends(self):
        async def work(stream, leave):
            await stream.start(request_id="r1")
            await stream.send(b"1")
            await stream.heartbeat()
            await stream.end("because")

        head, *bodies = self.run_stream(work)
        headers = dict(head["headers"])
        self.assertEqual((headers[b"content-type"], headers[b"x-request-id"]), (b"text/event-stream", b"r1"))
        self.assertEqual(headers[b"x-accel-buffering"], b"no")
        self.assertEqual(
            b"".join(body["body"] for body in bodies),
            b'retry: 1000\n\n1:\n\nevent: end\ndata: {"reason":"because"}\n\n',
        )
        self.assertFalse(bodies[-1].get("more_body"))

    def test_a_reader_who_left_is_noticed(self):
        async def work(stream, leave):
            await stream.send(b"1")
            leave.set()
            await stream.gone
            with self.assertRaises(ReaderGone):
                await stream.send(b"2")

        self.assertEqual(len(self.run_stream(work)), 1)

    def test_a_reader_who_takes_nothing_is_dropped(self):
        async def work(stream, leave):
            with patch.object(streams, "SEND_SECONDS", 0.01), self.assertRaises(ReaderGone):
                await stream.send(b"1")

        self.run_stream(work, reads=False)

    def test_a_refusal_is_a_problem(self):
        sent = []

        async def send(message):
            sent.append(message)

        asyncio.run(streams.refuse(send, NotFound(), request_id="r1"))
        self.assertEqual(sent[0]["status"], 404)
        self.assertIn((b"content-type", b"application/problem+json"), sent[0]["headers"])
        self.assertIn(b'"not_found"', sent[1]["body"])


class NudgeTests(TransactionTestCase):
    def test_without_postgresql_it_does_nothing(self):
        with patch.object(connection, "vendor", "sqlite"):
            nudge("x")


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "needs LISTEN and NOTIFY")
class ListenerTests(TransactionTestCase):
    def setUp(self):
        self.heard, self.connects, self.news = [], [], threading.Condition()
        self.listener = Listener(on_nudge=self.hear, on_connect=lambda: self.hear(None))
        self.listener.start()
        self.addCleanup(self.listener.stop)
        self.wait(lambda: self.connects)

    def hear(self, topic):
        with self.news:
            (self.connects if topic is None else self.heard).append(topic)
            self.news.notify_all()

    def wait(self, condition):
        with self.news:
            self.assertTrue(self.news.wait_for(condition, 20))

    def test_a_commit_nudges_and_a_rollback_does_not(self):
        with transaction.atomic():
            nudge("undone")
            transaction.set_rollback(True)
        with transaction.atomic():
            nudge("a")
            nudge("b")
            self.assertEqual(self.heard, [])
        self.wait(lambda: len(self.heard) == 2)
        self.assertEqual(self.heard, ["a", "b"])

    def test_a_lost_connection_is_made_again(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN live'")
        self.wait(lambda: len(self.connects) == 2)
        nudge("again")
        self.wait(lambda: self.heard == ["again"])
