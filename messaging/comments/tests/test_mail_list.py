"""The desk sees what became of each e-mail."""

from django.test import TestCase, override_settings

from comments.services.mail_in import mail_receive
from comments.tests.cast import CORA, ERIN, know_ticket, sign_in
from comments.tests.mails import address_of, mail, reply_to
from comments.tests.test_mail_replies import MAIL_IN, meet
from servicekit.testing import assert_problem

MAILS = "/api/v1/mails/"


@override_settings(MAIL_IN=MAIL_IN)
class MailList(TestCase):
    def setUp(self) -> None:
        meet(ERIN)
        know_ticket()
        mail_receive(raw=mail(ERIN, reply_to(ERIN)))
        mail_receive(raw=mail("stranger@example.org"))
        self.cora = sign_in(CORA)

    def test_newest_first_with_what_became_of_it(self) -> None:
        refused, reply = self.cora.get(MAILS).json()["results"]
        self.assertEqual((refused["outcome"], refused["reason"]), ("refused", "sender_unknown"))
        self.assertEqual((reply["outcome"], reply["person_id"]), ("reply", str(ERIN)))
        self.assertIsNotNone(reply["comment_id"])

    def test_by_outcome_and_sender(self) -> None:
        for query, expected in (
            ({"outcome": "refused"}, ["stranger@example.org"]),
            ({"sender": address_of(ERIN).upper()}, [address_of(ERIN)]),
            ({"outcome": "bounce"}, []),
        ):
            found = self.cora.get(MAILS, query).json()["results"]
            self.assertEqual([row["sender"] for row in found], expected)
        assert_problem(self.cora.get(MAILS, {"outcome": "lost"}), 400, "validation_error")
