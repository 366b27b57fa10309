"""An event leaves with its transaction or not at all."""

from datetime import UTC, datetime
from decimal import Decimal
from unittest.mock import patch
from uuid import UUID

from django.db import transaction
from django.test import TestCase, TransactionTestCase

from eventbus import draft, publish, publish_all
from eventbus.models import OutboxEvent
from eventbus.outbox import PublishOutsideTransaction
from jsonlog import context, trace
from servicekit.ids import uuid7


class OutsideATransaction(TransactionTestCase):
    def test_publishing_is_refused(self) -> None:
        with self.assertRaises(PublishOutsideTransaction):
            publish("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
        self.assertEqual(OutboxEvent.objects.count(), 0)

    def test_drafting_and_storing_drafts_are_too(self) -> None:
        with transaction.atomic():
            event = draft("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
        with self.assertRaises(PublishOutsideTransaction):
            publish_all([event])
        with self.assertRaises(PublishOutsideTransaction):
            draft("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
        self.assertEqual(OutboxEvent.objects.count(), 0)

    def test_a_rolled_back_transaction_takes_its_event_with_it(self) -> None:
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            publish("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
            raise ZeroDivisionError
        self.assertEqual(OutboxEvent.objects.count(), 0)


class Publishing(TestCase):
    def test_drafts_tell_of_their_own_moment_and_are_stored_in_one_query_in_their_order(self) -> None:
        data = {"status": "new"}
        events = []
        for version, status in ((1, "new"), (2, "old"), (3, "gone")):
            data["status"] = status
            events.append(draft("thing.changed.v1", aggregate_id=UUID(int=1), version=version, data=data))
        self.assertEqual(OutboxEvent.objects.count(), 0)
        with self.assertNumQueries(1):
            publish_all(events)
        stored = OutboxEvent.objects.order_by("id").values_list("envelope__version", "envelope__data__status")
        self.assertEqual(list(stored), [(1, "new"), (2, "old"), (3, "gone")])

    def test_the_trace_goes_with_the_event_where_there_is_one(self) -> None:
        parent = trace.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        with context.bind(trace=parent):
            traced = publish("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
        untraced = publish("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
        self.assertEqual("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", traced.envelope["traceparent"])
        self.assertNotIn("traceparent", untraced.envelope)

    def test_the_envelope_carries_the_context_and_plain_values(self) -> None:
        thing = uuid7()
        with context.bind(request_id="req-7", actor={"id": str(thing), "kind": "user", "name": "Erin"}):
            publish(
                "thing.changed.v1",
                aggregate_id=thing,
                version=3,
                data={
                    "id": thing,
                    "at": datetime(2026, 11, 21, 9, tzinfo=UTC),
                    "cost": Decimal("1.50"),
                    "tags": {"a"},
                    "parts": [{"id": UUID(int=1)}],
                },
                change={"reason": "because"},
            )
        envelope = OutboxEvent.objects.get().envelope
        self.assertEqual(envelope["request_id"], "req-7")
        self.assertEqual(envelope["actor"], {"id": str(thing), "kind": "user", "name": "Erin"})
        self.assertEqual((envelope["producer"], envelope["version"], envelope["resync"]), ("ticket-service", 3, False))
        self.assertEqual(
            envelope["data"],
            {
                "id": str(thing),
                "at": "2026-11-21T09:00:00.000000Z",
                "cost": "1.50",
                "tags": ["a"],
                "parts": [{"id": "00000000-0000-0000-0000-000000000001"}],
            },
        )
        self.assertEqual(envelope["change"], {"reason": "because"})

    def test_the_validator_can_refuse_an_event(self) -> None:
        with (
            patch("eventbus.conf.validator", return_value=lambda envelope: 1 / 0),
            self.assertRaises(ZeroDivisionError),
        ):
            publish("thing.changed.v1", aggregate_id=uuid7(), version=1, data={})
        self.assertEqual(OutboxEvent.objects.count(), 0)
