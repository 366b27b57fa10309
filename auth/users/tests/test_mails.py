"""Mallory's name is a header, her host is an address, her link leads away: no mail and no answer follows her."""

from email import message_from_bytes
from email.policy import default

from django.core import mail
from django.test import TestCase

from users import mails
from users.models import User
from users.tests import test_access
from users.tests.cast import CastTestCase, client_of

EVIL = (
    "Erin\r\nBcc: everyone@example.com",
    "Erin\nSubject: You have won",
    "Erin\r\n\r\n<html>",
    "Erin\u2028Bcc: everyone@example.com",
    "Erin\x0bBcc: everyone@example.com",
    "=?utf-8?q?Erin=0D=0ABcc:_everyone@example.com?=",
    '"Erin" <everyone@example.com>, ',
)


class HeaderInjectionTests(TestCase):
    """Such a name cannot be stored; should one ever be there, no mail carries it in a header."""

    def each_mail(self, user):
        mails.send_password_reset(user, "https://desk.example.com/x#token=y")
        mails.send_invitation(user, "https://desk.example.com/x#token=y")
        mails.send_email_change(user, "new@example.com", "https://desk.example.com/x#token=y")
        mails.send_email_changed(user, "old@example.com")
        for notice in mails.NOTICES:
            mails.send_notice(user, notice)

    def test_no_name_makes_a_header(self):
        for name in EVIL:
            user = User(username="erin", email="erin@example.com", name=name, department=name)
            mail.outbox.clear()
            self.each_mail(user)
            self.assertEqual(len(mail.outbox), 4 + len(mails.NOTICES))
            for sent in mail.outbox:
                message = message_from_bytes(sent.message().as_bytes(), policy=default)
                with self.subTest(name=name, subject=message["Subject"]):
                    self.assertEqual(set(message.keys()), {
                        "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date",
                        "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
                    })  # fmt: skip
                    self.assertIn(message["To"], {"erin@example.com", "new@example.com", "old@example.com"})
                    self.assertNotIn("everyone", sent.subject)
                    self.assertEqual(sent.recipients(), [message["To"]])

    def test_no_address_is_two(self):
        user = User(username="erin", email="erin@example.com\r\nBcc: everyone@example.com", name="Erin")
        with self.assertRaises(ValueError):
            mails.send_notice(user, "password_changed")


class RedirectTests(CastTestCase):
    """No route of the API sends anybody anywhere."""

    def test_no_answer_has_a_location(self):
        api = client_of(self.root)
        where = (
            "next=https://evil.example&redirect=https://evil.example&return_to=//evil.example&url=https://evil.example"
        )
        for method, path in test_access.TABLE:
            url = path.replace("{}.{}", "x.js").replace("{}", str(self.emil.pk))
            for attacked in (f"{url}?{where}", f"/{url}", f"/{url}/..//evil.example/", f"//evil.example{url}"):
                with self.subTest(f"{method} {attacked}"):
                    answer = api.generic(method, attacked, "{}", "application/json", HTTP_HOST="localhost")
                    self.assertNotIn("Location", answer.headers)
                    self.assertFalse(300 <= answer.status_code < 400)

    def test_an_unknown_host_is_answered_nothing(self):
        for host in ("evil.example", "localhost.evil.example", "localhost@evil.example", "localhost:x"):
            answer = self.client.get("/api/v1/systems/", HTTP_HOST=host)
            self.assertEqual((answer.status_code, answer.json()["code"]), (400, "invalid_host"))
