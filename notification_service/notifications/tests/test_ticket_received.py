"""Erin files a ticket and is told that it arrived."""

from django.core import mail
from django.test import TestCase

from eventbus.inbox import Outcome, retry_due
from eventbus.models import InboxEvent
from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery, Notice
from notifications.tests.cast import ERIN, NUMBER, kinds, meet


class TicketReceived(TestCase):
    def test_the_requester_gets_a_notice_and_an_email(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1", request_id="req-42")
        notice = Notice.objects.get()
        self.assertEqual((notice.user_id, notice.kind), (ERIN, "ticket_received"))
        self.assertEqual(notice.title, f"We received your ticket {NUMBER}")
        self.assertEqual(run_jobs(), 1)
        (message,) = mail.outbox
        self.assertEqual(message.to, ["erin@example.com"])
        self.assertEqual(message.subject, f"[{NUMBER}] Laptop does not start")
        self.assertIn("We received your ticket", message.body)
        self.assertEqual(Delivery.objects.get().state, Delivery.State.SENT)

    def test_nothing_is_sent_inside_the_event(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1")
        self.assertEqual(mail.outbox, [])

    def test_the_event_waits_for_a_person_who_is_not_known_yet(self) -> None:
        self.assertEqual(deliver("ticket.created.v1"), Outcome.PARKED)
        self.assertFalse(Notice.objects.exists())
        meet(ERIN)
        InboxEvent.objects.filter(state="retry").update(next_attempt_at="2020-01-01T00:00:00Z")
        self.assertTrue(retry_due())
        self.assertEqual(kinds(ERIN), ["ticket_received"])

    def test_a_deactivated_requester_is_told_nothing(self) -> None:
        meet(ERIN, is_active=False)
        deliver("ticket.created.v1")
        self.assertEqual((Notice.objects.count(), Delivery.objects.count()), (0, 0))

    def test_a_resync_tells_nobody(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1", resync=True)
        self.assertEqual(kinds(ERIN), [])
