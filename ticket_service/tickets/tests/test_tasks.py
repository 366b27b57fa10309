"""Periodic work."""

from datetime import timedelta

from django.utils import timezone

from eventbus.ticker import ticks
from servicekit.models import IdempotencyRecord
from tickets.tasks import purge_idempotency_records
from tickets.tests.cast import TICKETS, TicketTestCase


class PurgeTest(TicketTestCase):
    def test_old_answers_are_forgotten_and_young_ones_kept(self):
        body = {"subject": "s", "description": "d", "category": "general"}
        for key in ("old", "young"):
            self.alice.post(TICKETS, body, headers={"Idempotency-Key": key})
        old = IdempotencyRecord.objects.order_by("created_at").first()
        IdempotencyRecord.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
        purge_idempotency_records()
        self.assertEqual(IdempotencyRecord.objects.count(), 1)
        self.assertFalse(IdempotencyRecord.objects.filter(pk=old.pk).exists())

    def test_the_ticker_calls_it(self):
        self.assertIn(purge_idempotency_records, [tick.function for tick in ticks])
