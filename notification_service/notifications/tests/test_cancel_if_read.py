"""An e-mail that has not left yet is not sent any more once its receiver has read the notice in the inbox."""

from django.core import mail
from django.test import TestCase, override_settings

from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery, Suppression
from notifications.tests.cast import ALAN, CORA, ERIN, know_ticket, meet, sign_in
from notifications.tests.mail_server import MailServer
from servicekit.ids import uuid7


class CancelIfRead(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN, CORA)
        self.erin = sign_in(ERIN)

    def file_while_the_mail_server_is_busy(self) -> None:
        deliver("ticket.created.v1")
        with MailServer("451 Later") as server, override_settings(**server.settings):
            run_jobs()
        self.assertEqual(Delivery.objects.get().state, "pending")

    def assert_cancelled(self, because: str) -> None:
        run_jobs()
        delivery = Delivery.objects.get()
        self.assertEqual((delivery.state, delivery.last_error, mail.outbox), ("cancelled", because, []))

    def test_read_before_the_first_try(self) -> None:
        deliver("ticket.created.v1")
        self.erin.post("/api/v1/inbox/read/")
        self.assert_cancelled("read")
        self.assertEqual(Delivery.objects.get().attempts, 0)

    def test_read_while_the_mail_server_was_away(self) -> None:
        self.file_while_the_mail_server_is_busy()
        self.erin.post("/api/v1/inbox/read/")
        self.assert_cancelled("read")

    def test_unread_it_is_sent(self) -> None:
        self.file_while_the_mail_server_is_busy()
        run_jobs()
        self.assertEqual(len(mail.outbox), 1)

    def test_snoozed_it_is_unread_and_sent(self) -> None:
        self.file_while_the_mail_server_is_busy()
        notice = self.erin.get("/api/v1/inbox/").json()["results"][0]["id"]
        self.erin.post(f"/api/v1/inbox/{notice}/read/")
        self.erin.put(f"/api/v1/inbox/{notice}/snooze/", {"until": "2100-01-01T00:00:00Z"})
        run_jobs()
        self.assertEqual(len(mail.outbox), 1)

    def test_what_must_come_by_email_comes_read_or_not(self) -> None:
        know_ticket(assignee=ALAN)
        deliver("task.sla_breached.v1", data={"assignee_id": str(ALAN)})
        sign_in(ALAN).post("/api/v1/inbox/read/")
        run_jobs()
        self.assertIn(["alan@example.com"], [message.to for message in mail.outbox])

    def test_why_says_so(self) -> None:
        event_id = uuid7()
        deliver("ticket.created.v1", event_id=event_id)
        self.erin.post("/api/v1/inbox/read/")
        run_jobs()
        channels = self.erin.get(f"/api/v1/why/?event={event_id}").json()["channels"]
        sent = next(row["delivery"] for row in channels if row["channel"] == "email")
        self.assertEqual((sent["state"], sent["last_error"]), ("cancelled", "read"))

    def test_sent_again_by_the_desk_it_comes_although_it_was_read(self) -> None:
        deliver("ticket.created.v1")
        self.erin.post("/api/v1/inbox/read/")
        self.assert_cancelled("read")
        answer = sign_in(CORA).post(f"/api/v1/deliveries/{Delivery.objects.get().pk}/resending/")
        self.assertEqual(answer.status_code, 202)
        run_jobs()
        self.assertEqual(len(mail.outbox), 1)

    def test_nothing_waiting_goes_to_an_address_that_bounced_meanwhile(self) -> None:
        self.file_while_the_mail_server_is_busy()
        Suppression.objects.create(address="erin@example.com", reason="bounced_5.1.1")
        self.assert_cancelled("suppressed")
