"""A notice can be replied to by e-mail, by its recipient and nobody else; and what cannot be delivered ends."""

from django.core import mail
from django.test import TestCase, override_settings

from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery, Suppression
from notifications.tests.cast import ALAN, CORA, ERIN, TICKET, know_ticket, meet
from servicekit.ids import uuid7
from servicekit.reply_address import read_token, token_in_address, token_in_message_id

SECRETS = ["first-secret-of-the-tests-0123456789", "the-one-before-it-0123456789-abcdef"]
DESK = "helpdesk@example.com"


@override_settings(MAIL_REPLY_SECRETS=SECRETS, MAIL_DESK_ADDRESS=DESK)
class Replies(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN, CORA)

    def sent(self) -> mail.EmailMultiAlternatives:
        run_jobs()
        (message,) = mail.outbox
        return message

    def test_its_reply_goes_to_an_address_that_holds_for_the_recipient(self) -> None:
        deliver("ticket.created.v1")
        message = self.sent().message()
        token = token_in_address(message["Reply-To"], desk=DESK)
        assert token is not None
        self.assertEqual(read_token(token, secrets=SECRETS[:1], person=ERIN), TICKET)
        self.assertIsNone(read_token(token, secrets=SECRETS, person=ALAN))
        self.assertEqual(token_in_message_id(message["Message-ID"]), token)

    def test_what_is_for_staff_only_is_not_replied_to_in_public(self) -> None:
        know_ticket()
        deliver("task.sla_breached.v1", data={"assignee_id": str(ALAN)})
        run_jobs()
        self.assertTrue(mail.outbox)
        for message in mail.outbox:
            self.assertIsNone(message.message()["Reply-To"])
            self.assertIsNone(token_in_message_id(message.extra_headers["Message-ID"]))

    @override_settings(MAIL_REPLY_SECRETS=[], MAIL_DESK_ADDRESS="")
    def test_without_a_secret_there_is_no_such_address(self) -> None:
        deliver("ticket.created.v1")
        message = self.sent().message()
        self.assertIsNone(message["Reply-To"])

    def bounce(self, **data: str | None) -> None:
        deliver("ticket.created.v1")
        run_jobs()
        delivery = Delivery.objects.get()
        report = {"recipient": "Erin@Example.com", "original_message_id": delivery.message_id, "id": str(uuid7())}
        deliver("mail.bounced.v1", data={**report, "action": "failed", "status": "5.1.1", **data})

    def test_an_address_that_does_not_exist_gets_no_more(self) -> None:
        self.bounce()
        self.assertEqual(
            list(Suppression.objects.values_list("address", "reason")), [("erin@example.com", "bounced_5.1.1")]
        )
        self.assertEqual(Delivery.objects.get().last_error, "bounced_5.1.1")

    def test_a_forged_or_passing_report_stops_nothing(self) -> None:
        for forged in (
            {"original_message_id": "<delivery-x@example.com>"},
            {"original_message_id": None},
            {"recipient": "alan@example.com"},
            {"status": "5.2.2"},
            {"status": "4.4.1", "action": "delayed"},
        ):
            with self.subTest(forged):
                Delivery.objects.all().delete()
                self.bounce(**forged)
                self.assertFalse(Suppression.objects.exists())
