"""An e-mail that has not left yet does not reach somebody who may not see the ticket any more."""

from django.core import mail
from django.test import TestCase, override_settings

from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery
from notifications.tests.cast import ALAN, CORA, ERIN, TICKET, know_ticket, meet, sign_in
from notifications.tests.mail_server import MailServer


class CancelIfLost(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN, CORA)
        know_ticket(assignee=ALAN)
        comment = {
            "ticket_id": str(TICKET),
            "author_id": str(ERIN),
            "author_name": "Erin",
            "body": "My salary is 4711.",
        }
        deliver("comment.created.v1", data=comment)

    def busy(self) -> None:
        """The mail server takes nothing yet."""
        with MailServer("451 Later") as server, override_settings(**server.settings):
            run_jobs()
        self.assertEqual(Delivery.objects.get().state, "pending")

    def assert_cancelled(self, because: str) -> None:
        run_jobs()
        delivery = Delivery.objects.get()
        self.assertEqual((delivery.state, delivery.last_error, mail.outbox), ("cancelled", because, []))

    def test_the_ticket_was_taken_away_while_the_mail_server_was(self) -> None:
        self.busy()
        know_ticket(version=2)
        self.assert_cancelled("may_not_see")

    def test_they_left_meanwhile(self) -> None:
        self.busy()
        meet(ALAN, version=2, is_active=False)
        self.assert_cancelled("inactive")

    def test_sent_again_by_the_desk_it_reaches_nobody_who_lost_it(self) -> None:
        run_jobs()
        mail.outbox.clear()
        know_ticket(version=2)
        sign_in(CORA).post(f"/api/v1/deliveries/{Delivery.objects.get().pk}/resending/")
        self.assert_cancelled("may_not_see")

    def test_who_has_another_address_by_now_gets_it_there(self) -> None:
        self.busy()
        meet(ALAN, version=2, email="alan.new@example.com")
        run_jobs()
        self.assertEqual([message.to for message in mail.outbox], [["alan.new@example.com"]])
        self.assertEqual(Delivery.objects.get().to_address, "alan.new@example.com")

    def test_who_still_sees_it_gets_it(self) -> None:
        self.busy()
        run_jobs()
        self.assertEqual([message.to for message in mail.outbox], [["alan@example.com"]])
