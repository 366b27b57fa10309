"""What no person wrote is answered by nothing (RFC 3834); what could not be delivered is told to who sent it."""

from django.test import TestCase, override_settings

from comments.models import Comment, InboundMail
from comments.services.mail_in import mail_receive
from comments.tests.cast import CORA, ERIN, know_ticket
from comments.tests.mails import DESK, address_of, bounce_of, mail, reply_to
from comments.tests.test_mail_replies import MAIL_IN, meet
from eventbus.testing import published

ORIGINAL = "<delivery-01938c5e-0000-7000-8000-000000000070.abc@example.com>"


@override_settings(MAIL_IN=MAIL_IN)
class MailLoops(TestCase):
    def setUp(self) -> None:
        meet(ERIN, CORA)
        know_ticket()

    def outcome(self, raw: bytes) -> tuple[str, str]:
        row = mail_receive(raw=raw)
        assert row is not None
        return row.outcome, row.reason

    def test_automatic_mails_are_ignored(self) -> None:
        to = reply_to(ERIN)
        for raw, reason in (
            (mail(ERIN, to, Auto_Submitted="auto-replied"), "auto_submitted"),
            (mail(ERIN, to, Auto_Submitted="Auto-Generated; owner-email=x"), "auto_submitted"),
            (mail(ERIN, to, Return_Path="<>"), "no_return_path"),
            (mail(ERIN, to, X_Autoreply="yes"), "auto_reply"),
            (mail(ERIN, to, Precedence="bulk"), "bulk"),
            (mail(ERIN, to, List_Id="News <news.example.com>"), "mailing_list"),
            (mail(DESK, to), "from_ourselves"),
            (mail(ERIN, to, Sender=DESK), "from_ourselves"),
        ):
            with self.subTest(reason):
                self.assertEqual(self.outcome(raw), ("ignored", reason))
        self.assertFalse(Comment.objects.exists())

    def test_a_read_receipt_is_ignored(self) -> None:
        receipt = bounce_of(ORIGINAL, address_of(ERIN)).replace(
            b"report-type=delivery-status", b"report-type=disposition-notification"
        )
        self.assertEqual(self.outcome(receipt.replace(b"Auto-Submitted: auto-replied\n", b""))[0], "ignored")
        self.assertEqual(published("mail.bounced.v1"), [])

    def test_a_person_is_not_taken_for_a_machine(self) -> None:
        for headers in ({"Auto_Submitted": "no"}, {"Return_Path": "<erin@example.com>"}, {"Precedence": "normal"}):
            self.assertEqual(self.outcome(mail(ERIN, reply_to(ERIN), **headers))[0], "reply")

    def test_a_desk_that_is_a_group_marks_what_people_write(self) -> None:
        headers = {"List_Id": "desk", "List_Post": f"<mailto:{DESK}>", "Precedence": "list"}
        self.assertEqual(self.outcome(mail(ERIN, DESK, **headers))[0], "ticket")

    def test_a_bounce_is_published_and_becomes_nothing_else(self) -> None:
        self.assertEqual(self.outcome(bounce_of(ORIGINAL, "Erin@Example.com")), ("bounce", ""))
        (event,) = published("mail.bounced.v1")
        data = event["data"]
        self.assertEqual(
            (data["recipient"], data["action"], data["status"], data["original_message_id"]),
            ("erin@example.com", "failed", "5.1.1", ORIGINAL),
        )
        self.assertFalse(InboundMail.objects.exclude(outcome="bounce").exists())

    def test_a_delay_is_told_as_one(self) -> None:
        self.outcome(bounce_of(ORIGINAL, "erin@example.com", action="delayed", status="4.4.1"))
        self.assertEqual(published("mail.bounced.v1")[0]["data"]["action"], "delayed")

    def test_a_bounce_with_the_whole_message(self) -> None:
        raw = bounce_of(ORIGINAL, "erin@example.com").replace(b"text/rfc822-headers", b"message/rfc822")
        self.outcome(raw)
        self.assertEqual(published("mail.bounced.v1")[0]["data"]["original_message_id"], ORIGINAL)

    def test_a_bounce_that_returns_nothing_names_no_message(self) -> None:
        raw = bounce_of(ORIGINAL, "erin@example.com").replace(b"text/rfc822-headers", b"text/x-other")
        self.outcome(raw)
        self.assertIsNone(published("mail.bounced.v1")[0]["data"]["original_message_id"])

    def test_a_bounce_comes_twice_and_is_told_once(self) -> None:
        raw = bounce_of(ORIGINAL, "erin@example.com")
        self.outcome(raw)
        self.assertIsNone(mail_receive(raw=raw))
        self.assertEqual(len(published("mail.bounced.v1")), 1)
