"""Positions follow commits; an event is published when the broker has confirmed it, and not before."""

from time import monotonic
from typing import Any
from unittest import skipUnless

from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase, tag

from eventbus import publish, relay
from eventbus.lease import Lease
from eventbus.models import OutboxEvent
from servicekit.ids import uuid7


def publish_some(count: int) -> None:
    with transaction.atomic():
        for number in range(count):
            publish("thing.changed.v1", aggregate_id=uuid7(), version=number, data={"number": number})


class FakeBroker:
    """Confirms the first `capacity` envelopes and is gone after."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.sent: list[dict[str, Any]] = []

    def send(self, envelope: dict[str, Any]) -> None:
        if len(self.sent) == self.capacity:
            raise ConnectionError("gone")
        self.sent.append(envelope)


class Relaying(TestCase):
    def test_positions_are_consecutive_in_order_and_given_once(self) -> None:
        publish_some(3)
        self.assertTrue(relay.assign_positions())
        publish_some(2)
        self.assertEqual((relay.assign_positions(), relay.assign_positions()), (True, False))
        self.assertEqual(list(OutboxEvent.objects.order_by("id").values_list("position", flat=True)), [1, 2, 3, 4, 5])

    def test_only_confirmed_events_count_as_published(self) -> None:
        publish_some(5)
        relay.assign_positions()
        broker = FakeBroker(capacity=2)
        with self.assertRaises(ConnectionError):
            relay.send_unpublished(broker)
        self.assertEqual(OutboxEvent.objects.filter(published_at=None).count(), 3)
        broker.capacity = 100
        self.assertEqual(relay.send_unpublished(broker), 3)
        self.assertEqual([event["data"]["number"] for event in broker.sent], [0, 1, 2, 3, 4])
        self.assertEqual(relay.send_unpublished(broker), 0)

    def test_an_event_without_a_position_is_not_sent(self) -> None:
        publish_some(1)
        self.assertEqual(relay.send_unpublished(FakeBroker(9)), 0)

    def test_without_a_broker_a_position_is_publication(self) -> None:
        publish_some(2)
        relay.assign_positions()
        self.assertEqual((relay.mark_published(), relay.mark_published()), (2, 0))


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "advisory locks are PostgreSQL's")
class Leasing(TransactionTestCase):
    def test_one_session_holds_a_name_and_its_end_frees_it(self) -> None:
        from threading import Event, Thread

        name = self.id()  # no other test's: a test's end closes its session, and the server sees that only later
        mine = Lease(name)
        self.assertTrue(mine.held())
        self.assertTrue(mine.held())
        answers: list[bool] = []
        looked, freed, taken, ended = Event(), Event(), Event(), Event()

        def other() -> None:
            lease = Lease(name)
            answers.append(lease.held())
            answers.append(Lease(f"{name} of another name").held())
            looked.set()
            freed.wait(10)
            answers.append(lease.held())
            taken.set()
            ended.wait(10)
            connection.close()

        thread = Thread(target=other)
        thread.start()
        looked.wait(10)
        session = connection.connection.info.backend_pid
        connection.close()
        self.wait_for_no_lock_of(session)
        freed.set()
        taken.wait(10)
        self.assertFalse(mine.held(), "its session ended, and another has it now")
        ended.set()
        thread.join(10)
        self.assertEqual(answers, [False, True, True])

    def wait_for_no_lock_of(self, session: int) -> None:
        """Until the server has seen that the session with this process id ended."""
        deadline = monotonic() + 10
        with connection.cursor() as cursor:
            while monotonic() < deadline:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = %s", [session])
                if cursor.fetchone()[0] == 0:
                    return
        self.fail("the ended session kept its lock for 10 s")

    def test_a_late_commit_gets_a_later_position(self) -> None:
        from threading import Event, Thread

        written, committed = Event(), Event()

        def slow_writer() -> None:
            with transaction.atomic():
                publish("thing.slow.v1", aggregate_id=uuid7(), version=1, data={})
                written.set()
                committed.wait(10)
            connection.close()

        thread = Thread(target=slow_writer)
        thread.start()
        written.wait(10)
        publish_some(1)
        self.assertTrue(relay.assign_positions())
        committed.set()
        thread.join(10)
        self.assertTrue(relay.assign_positions())
        slow = OutboxEvent.objects.get(type="thing.slow.v1")
        fast = OutboxEvent.objects.exclude(pk=slow.pk).get()
        self.assertLess(slow.pk, fast.pk)
        self.assertGreater(slow.position or 0, fast.position or 0)
