"""What the others are told, and told again."""

from unittest import mock

from django.db import transaction

from eventbus import testing as bus
from servicekit.testing import assert_problem
from tickets.events import resync_tickets
from tickets.models import HistoryEntry
from tickets.tests.cast import Task, TicketTestCase


class ResyncTest(TicketTestCase):
    def test_resync_repeats_each_tickets_state_with_its_version(self):
        ticket, other = self.file(), self.file(self.bob)
        Task(ticket).assigned(self.gina)
        told = bus.published("ticket.status_changed.v1")[-1]["data"]
        before = len(bus.published())
        self.assertEqual([row.pk for row in resync_tickets()], [ticket.pk, other.pk])
        first, second = bus.published()[before:]
        self.assertEqual((first["type"], first["resync"], first["version"]), ("ticket.updated.v1", True, 2))
        self.assertEqual(first["data"], told)
        self.assertEqual((second["aggregate_id"], second["version"]), (str(other.pk), 1))

    def test_every_batch_is_read(self):
        numbers = [self.file().number for _ in range(5)]
        with mock.patch("tickets.events.RESYNC_BATCH", 2):
            self.assertEqual([row.number for row in resync_tickets()], numbers)


class OneTransactionTest(TicketTestCase):
    def test_what_cannot_be_published_has_not_happened(self):
        ticket = self.file()
        with (
            mock.patch("eventbus.publish", side_effect=RuntimeError("no outbox")),
            self.assertLogs("servicekit", "ERROR"),
        ):
            response = self.alice.post(self.url(ticket, "withdrawal"))
        assert_problem(response, 500, "internal_error")
        self.assertEqual(self.reload(ticket).status, "New")
        self.assertEqual(HistoryEntry.objects.filter(new="Withdrawn").count(), 0)

    def test_publishing_is_part_of_the_changing_transaction(self):
        ticket = self.file()
        count = len(bus.published())
        with transaction.atomic():
            self.alice.post(self.url(ticket, "withdrawal"))
            transaction.set_rollback(True)
        self.assertEqual((self.reload(ticket).status, len(bus.published())), ("New", count))
