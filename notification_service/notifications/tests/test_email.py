"""What an e-mail looks like: safe, threaded per ticket, and from a machine."""

from email import message_from_bytes, policy
from unittest.mock import patch

from django.core import mail
from django.test import TestCase

from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery, Notice
from notifications.tests.cast import ALAN, ERIN, TICKET, know_ticket, meet

EVIL = '<script>alert(1)</script> & "co"'


class Email(TestCase):
    def sent(self) -> mail.EmailMultiAlternatives:
        run_jobs()
        (message,) = mail.outbox
        return message

    def test_it_has_text_and_html(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1")
        raw = message_from_bytes(self.sent().message().as_bytes(), policy=policy.default)
        self.assertEqual(raw.get_content_type(), "multipart/alternative")
        self.assertEqual([part.get_content_type() for part in raw.iter_parts()], ["text/plain", "text/html"])

    def test_all_mails_of_a_ticket_are_one_thread(self) -> None:
        meet(ERIN, ALAN)
        deliver("ticket.created.v1")
        know_ticket(version=2, assignee=ALAN)
        deliver("comment.created.v1", data={"author_id": ALAN})
        run_jobs()
        first, second = mail.outbox
        root = f"<ticket-{TICKET}@example.com>"
        for message in (first, second):
            self.assertEqual(message.extra_headers["References"], root)
            self.assertEqual(message.extra_headers["In-Reply-To"], root)
        self.assertEqual(first.subject, second.subject)
        self.assertNotEqual(first.extra_headers["Message-ID"], second.extra_headers["Message-ID"])

    def test_it_says_that_a_machine_wrote_it(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1")
        self.assertEqual(self.sent().extra_headers["Auto-Submitted"], "auto-generated")

    def test_what_people_wrote_is_escaped_in_html_and_left_alone_in_text(self) -> None:
        meet(ERIN, ALAN, name=EVIL)
        know_ticket(assignee=ALAN, subject=EVIL)
        deliver("comment.created.v1", data={"author_id": ALAN, "author_name": EVIL, "body": EVIL})
        message = self.sent()
        html = message.alternatives[0].content
        self.assertNotIn("<script", html)
        self.assertEqual(html.count("&lt;script&gt;"), 4)
        self.assertEqual(message.body.count(EVIL), 4)

    def test_a_template_tag_in_what_people_wrote_stays_text(self) -> None:
        meet(ERIN, ALAN)
        know_ticket(assignee=ALAN)
        deliver("comment.created.v1", data={"author_id": ALAN, "body": "{{ ticket_number }}{% include 'x' %}"})
        self.assertIn("{{ ticket_number }}{% include 'x' %}", self.sent().body)

    def test_a_line_break_in_a_subject_makes_no_header(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1", data={"subject": "Hi\r\nBcc: victim@example.com\u2028 there\x00"})
        message = self.sent()
        self.assertEqual(message.subject, "[TTS-2026-000001] Hi Bcc: victim@example.com there")
        self.assertEqual(message.recipients(), ["erin@example.com"])
        self.assertIsNone(message.message()["Bcc"])
        self.assertEqual(Notice.objects.get().body, "Hi Bcc: victim@example.com there")

    def test_an_address_that_is_none_fails_without_a_server(self) -> None:
        for address in (
            "erin@example.com\nBcc: victim@example.com",
            "erin@example.com, victim@example.com",
            "",
            "erin",
        ):
            with self.subTest(address), patch("django.core.mail.backends.locmem.EmailBackend.send_messages") as send:
                Delivery.objects.all().delete()
                meet(ERIN, email=address)
                deliver("ticket.created.v1")
                run_jobs()
                delivery = Delivery.objects.get()
                self.assertEqual((delivery.state, delivery.last_error), ("failed", "address_invalid"))
                send.assert_not_called()

    def test_a_very_long_subject_is_cut(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1", data={"subject": "ä" * 5000})
        self.assertLessEqual(len(self.sent().subject), 200)
