"""An event takes effect once, with its inbox row, or waits for a retry."""

from datetime import timedelta
from unittest import skipUnless
from unittest.mock import patch

import msgspec
from django.db import DatabaseError, OperationalError, connection
from django.test import TestCase, TransactionTestCase, tag
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from eventbus import Retry, backoff, inbox
from eventbus.inbox import MalformedEvent, Outcome
from eventbus.models import FeedCursor, InboxEvent
from jsonlog import context
from tests.support import consuming, envelope


class Name(msgspec.Struct):
    name: str


class Seen(list[object]):
    """Notes the trace in which each event is remembered."""

    def __init__(self, traces: list[str | None]) -> None:
        self.traces = traces

    def append(self, _: object) -> None:
        self.traces.append(context.traceparent())


class Receiving(TestCase):
    def test_an_event_is_handled_with_its_declared_slice_and_context(self) -> None:
        seen = []
        with consuming(data=Name) as handler:
            with patch.object(handler, "error", None):
                outcome = inbox.receive(envelope(data={"name": "one", "more": "ignored"}))
            seen = handler.events
        self.assertEqual(outcome, Outcome.HANDLED)
        self.assertEqual((seen[0].data, seen[0].change, seen[0].request_id), (Name("one"), None, "req-1"))
        self.assertIsNone(context.request_id())

    def test_what_is_done_for_an_event_belongs_to_its_trace(self) -> None:
        seen: list[str | None] = []
        sent = envelope() | {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
        with consuming(data=Name) as handler, patch.object(handler, "events", Seen(seen)):
            self.assertEqual(inbox.receive(sent), Outcome.HANDLED)
        self.assertRegex(seen[0] or "", "^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$")

    def test_the_same_event_again_changes_nothing(self) -> None:
        event = envelope()
        with consuming() as handler:
            outcomes = [inbox.receive(event) for _ in range(3)]
        self.assertEqual(outcomes, [Outcome.HANDLED, Outcome.DUPLICATE, Outcome.DUPLICATE])
        self.assertEqual(len(handler.events), 1)

    def test_an_event_that_nobody_consumes_is_ignored(self) -> None:
        self.assertEqual(inbox.receive(envelope("other.changed.v1")), Outcome.IGNORED)
        self.assertEqual(InboxEvent.objects.count(), 0)

    def test_what_is_no_event_is_refused(self) -> None:
        no_uuid, no_text = envelope(event_id="x"), envelope(producer=7)
        for body in ({}, [], "text", {"event_id": "x", "type": "thing.changed.v1"}, no_uuid, no_text):
            with self.subTest(body), self.assertRaises(MalformedEvent):
                inbox.receive(body)  # type: ignore[arg-type]

    def test_a_failing_event_is_parked_and_leaves_no_effect(self) -> None:
        with consuming() as handler:

            def half_an_effect(event: object) -> None:
                FeedCursor.objects.create(producer="effect")
                raise ValueError("no")

            with patch.object(type(handler), "__call__", lambda self, event: half_an_effect(event)):
                self.assertEqual(inbox.receive(envelope()), Outcome.PARKED)
        row = InboxEvent.objects.get()
        self.assertEqual((row.state, row.attempts, row.last_error), ("retry", 1, "ValueError: no"))
        self.assertFalse(FeedCursor.objects.exists())

    def test_an_event_that_does_not_decode_is_parked(self) -> None:
        with consuming(data=Name):
            self.assertEqual(inbox.receive(envelope(data={"name": 7})), Outcome.PARKED)

    def test_a_database_that_went_away_is_the_callers_business(self) -> None:
        with consuming() as handler, patch.object(connection, "is_usable", return_value=False):
            handler.error = OperationalError("gone")
            with self.assertRaises(OperationalError):
                inbox.receive(envelope())
        self.assertEqual(InboxEvent.objects.count(), 0)

    def test_a_refused_statement_is_only_this_events_failure(self) -> None:
        with consuming() as handler:
            handler.error = DatabaseError("refused")
            self.assertEqual(inbox.receive(envelope()), Outcome.PARKED)


class Retrying(TestCase):
    def park(self, handler_error: Exception) -> None:
        with consuming() as handler:
            handler.error = handler_error
            inbox.receive(envelope())
        InboxEvent.objects.update(next_attempt_at=timezone.now())

    def test_a_parked_event_is_handled_when_its_time_has_come(self) -> None:
        self.park(Retry("the ticket is not here yet"))
        with consuming() as handler:
            self.assertTrue(inbox.retry_due())
            self.assertFalse(inbox.retry_due())
        self.assertEqual(len(handler.events), 1)
        row = InboxEvent.objects.get()
        self.assertEqual((row.state, row.envelope), ("done", None))

    def test_not_before(self) -> None:
        self.park(Retry("later"))
        InboxEvent.objects.update(next_attempt_at=timezone.now() + timedelta(minutes=1))
        with consuming():
            self.assertFalse(inbox.retry_due())

    def test_after_the_last_try_it_is_dead_and_keeps_its_envelope(self) -> None:
        self.park(ValueError("never"))
        with consuming() as handler:
            handler.error = ValueError("never")
            for _ in range(backoff.MAX_ATTEMPTS - 1):
                InboxEvent.objects.update(next_attempt_at=timezone.now())
                self.assertTrue(inbox.retry_due())
        row = InboxEvent.objects.get()
        self.assertEqual((row.state, row.attempts, row.next_attempt_at), ("dead", backoff.MAX_ATTEMPTS, None))
        self.assertIsNotNone(row.envelope)

    def test_what_waits_for_another_event_waits_for_days(self) -> None:
        self.park(Retry("ticket-service is away"))
        with consuming() as handler:
            handler.error = Retry("ticket-service is away")
            for _ in range(2 * backoff.MAX_ATTEMPTS):
                InboxEvent.objects.update(next_attempt_at=timezone.now())
                self.assertTrue(inbox.retry_due())
            self.assertEqual(InboxEvent.objects.get().state, "retry")
            InboxEvent.objects.update(
                next_attempt_at=timezone.now(), received_at=timezone.now() - backoff.PATIENCE - timedelta(seconds=1)
            )
            inbox.retry_due()
        self.assertEqual(InboxEvent.objects.get().state, "dead")

    def test_the_pause_doubles_up_to_five_minutes(self) -> None:
        now = timezone.now()
        with patch("django.utils.timezone.now", return_value=now):
            pauses = [(backoff.next_attempt(n) - now).total_seconds() for n in (1, 2, 3, 12, 100)]
        self.assertEqual(pauses, [0.5, 1.0, 2.0, 300.0, 300.0])


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "two sessions at once need PostgreSQL")
class TwoConsumersAtOnce(TransactionTestCase):
    def test_a_parked_event_is_tried_by_one_of_them(self) -> None:
        with consuming() as handler:
            handler.error = Retry("later")
            inbox.receive(envelope())
            InboxEvent.objects.update(next_attempt_at=timezone.now())
            with CaptureQueriesContext(connection) as queries:
                self.assertTrue(inbox.retry_due())
        about = [query["sql"] for query in queries if '"eventbus_inboxevent"' in query["sql"]]
        self.assertTrue(about[0].endswith("FOR UPDATE SKIP LOCKED"), about[0])

    def test_one_event_delivered_to_eight_threads_is_handled_once(self) -> None:
        from concurrent.futures import ThreadPoolExecutor

        event = envelope()

        def deliver(_: int) -> Outcome:
            try:
                return inbox.receive(event)
            finally:
                connection.close()

        with consuming() as handler, ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(deliver, range(8)))
        self.assertEqual(outcomes.count(Outcome.HANDLED), 1)
        self.assertEqual(outcomes.count(Outcome.DUPLICATE), 7)
        self.assertEqual(len(handler.events), 1)
