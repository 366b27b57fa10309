"""A mailbox that does not exist is written to once; the desk sees it and can lift it."""

from django.core import mail
from django.test import TestCase, override_settings

from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery, Suppression
from notifications.tests.cast import ALAN, CORA, ERIN, kinds, know_ticket, meet, sign_in
from notifications.tests.mail_server import MailServer
from servicekit.ids import uuid7
from servicekit.testing import assert_problem


class Bounces(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN, email="Erin@Example.com")
        self.cora = sign_in(CORA)

    def refuse(self, reply: str) -> None:
        deliver("ticket.created.v1")
        with MailServer(refuse_recipients=reply) as server, override_settings(**server.settings):
            run_jobs()

    def test_after_a_bounce_nothing_more_is_sent_there(self) -> None:
        self.refuse("550 5.1.1 No such user")
        self.assertEqual(Suppression.objects.get().address, "erin@example.com")
        know_ticket(version=2, assignee=ALAN)
        event_id = uuid7()
        deliver("comment.created.v1", data={"author_id": ALAN}, event_id=event_id)
        run_jobs()
        self.assertEqual((kinds(ERIN), mail.outbox), (["ticket_received", "comment_added"], []))
        why = self.cora.get(f"/api/v1/why/?event={event_id}&user={ERIN}").json()
        self.assertIn("suppressed", {row["because"] for row in why["channels"]})

    def test_what_must_come_is_not_sent_there_either(self) -> None:
        Suppression.objects.create(address="erin@example.com", reason="smtp_550")
        know_ticket()
        deliver("task.sla_breached.v1", data={"assignee_id": str(ALAN)})
        self.assertFalse(Delivery.objects.filter(user_id=ALAN).exists())

    def test_a_policy_or_a_full_mailbox_is_no_bounce(self) -> None:
        for reply in ("550 5.7.1 Looks like spam", "552 5.2.2 Full", "554 5.1.1 Not now", "450 5.1.1 Later"):
            with self.subTest(reply):
                self.refuse(reply)
                self.assertFalse(Suppression.objects.exists())

    def test_the_desk_sees_it_and_lifts_it(self) -> None:
        self.refuse("550 No such user")
        (row,) = self.cora.get("/api/v1/suppressions/").json()["results"]
        self.assertEqual((row["address"], row["reason"]), ("erin@example.com", "smtp_550"))
        self.assertEqual(self.cora.delete(f"/api/v1/suppressions/{row['id']}/").status_code, 204)
        assert_problem(self.cora.delete(f"/api/v1/suppressions/{row['id']}/"), 404, "suppression_not_found")
        self.assertEqual(self.cora.post(f"/api/v1/deliveries/{Delivery.objects.get().pk}/resending/").status_code, 202)
        run_jobs()
        self.assertEqual(len(mail.outbox), 1)
