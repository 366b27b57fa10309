"""A forged From speaks as nobody: the desk's receiving server has to vouch for the sender's domain (RFC 8601)."""

from dataclasses import replace
from typing import Any

from django.test import SimpleTestCase, TestCase, override_settings

from comments.mail.authentication import is_aligned, is_genuine
from comments.mail.conf import incoming
from comments.mail.letters import parse
from comments.models import Comment
from comments.services.mail_in import mail_receive
from comments.tests.cast import ERIN, know_ticket
from comments.tests.mails import mail, reply_to
from comments.tests.test_mail_replies import MAIL_IN, meet
from servicekit.env import Env

MX = "mx.desk.example"
GOOD = f"{MX}; dmarc=pass (p=reject) header.from=example.com"


def judged(*headers: str, sender: str = "erin@example.com") -> bool:
    """Whether a mail of the sender with these headers, the topmost first, is believed."""
    lines = "".join(f"Authentication-Results: {header}\r\n" for header in headers)
    raw = f"{lines}From: {sender}\r\n\r\nHello".encode()
    return is_genuine(parse(raw), sender=sender, server=MX)


class WhoVouches(SimpleTestCase):
    def test_dmarc_decides_where_it_was_judged(self) -> None:
        self.assertTrue(judged(GOOD))
        self.assertTrue(judged(GOOD.replace("example.com", "EXAMPLE.com").replace(MX, MX.upper())))
        for header in (
            f"{MX}; dmarc=fail header.from=example.com; dkim=pass header.d=example.com",
            f"{MX}; dmarc=pass header.from=evil.example",
            f"{MX}; dmarc=temperror header.from=example.com",
        ):
            self.assertFalse(judged(header), header)

    def test_without_dmarc_dkim_or_spf_of_the_same_domain_does(self) -> None:
        for header in (
            f"{MX}; dkim=pass header.d=example.com",
            f"{MX}; dkim=pass header.i=@mail.example.com",
            f"{MX}; dkim=fail header.d=example.com; spf=pass smtp.mailfrom=bounces@example.com",
            f"{MX};\r\n dmarc=none header.from=example.com;\r\n dkim=pass (2048-bit key) header.d=example.com",
        ):
            self.assertTrue(judged(header), header)
        for header in (
            f"{MX}; dkim=pass header.d=evil.example",
            f"{MX}; dkim=pass header.d=notexample.com",
            f"{MX}; dkim=pass header.d=com",
            f"{MX}; spf=pass smtp.mailfrom=erin@evil.example",
            f"{MX}; spf=softfail smtp.mailfrom=erin@example.com",
            f"{MX}; spf=pass smtp.helo=example.com",
            f"{MX}; iprev=pass policy.iprev=192.0.2.1",
            f"{MX}; none",
        ):
            self.assertFalse(judged(header), header)

    def test_nobody_elses_word_counts_and_of_the_servers_own_the_topmost(self) -> None:
        self.assertFalse(judged())
        self.assertFalse(judged(GOOD.replace(MX, "mx.evil.example")))
        self.assertFalse(judged(f"{MX}; dmarc=fail header.from=example.com", GOOD))
        self.assertTrue(judged("relay.example; dmarc=fail header.from=example.com", GOOD))

    def test_what_is_no_such_header_vouches_for_nothing(self) -> None:
        for header in ("", MX, f"{MX}; dmarc=", f"{MX}; \u20ac=pass", "x" * 50_000, f"{GOOD} (", f"{MX}; dmarc=pass"):
            self.assertFalse(judged(header), header[:40])

    def test_nothing_that_a_sender_chose_is_read_as_a_finding(self) -> None:
        for header in (
            f'{MX}; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.com"@evil.example',
            f'{MX}; spf=pass reason="; dkim=pass header.d=example.com" smtp.mailfrom=a@evil.example',
            f"{MX}; spf=pass (; dkim=pass header.d=example.com) smtp.mailfrom=a@evil.example",
            f"{MX}; spf=pass (a (b) ; dkim=pass header.d=example.com) smtp.mailfrom=a@evil.example",
            rf'{MX}; spf=pass reason="\"; dkim=pass header.d=example.com" smtp.mailfrom=a@evil.example',
            f"{MX}; dmarc=pass header.from=example.com; dmarc=fail header.from=example.com",
            f"({MX}) mx.evil.example; dmarc=pass header.from=example.com",
            f'{MX}; "dmarc"=pass header.from=example.com',
            f"{MX}; dmarc=pass header.from=example.com )",
        ):
            self.assertFalse(judged(header), header)

    def test_the_grammar_has_room_for_comments_and_quotes(self) -> None:
        for header in (
            f'{MX} 1; dkim/1 = pass (good (2048) \\) key) reason="all (fine" header.d = example.com header.s=s1',
            f'"{MX}"; dmarc=pass (p=none; dis=none) header.from="example.com"',
        ):
            self.assertTrue(judged(header), header)

    def test_domains_that_only_look_alike_are_not_aligned(self) -> None:
        self.assertFalse(is_aligned("ample.com", "example.com"))
        self.assertFalse(is_aligned("", "example.com"))
        self.assertTrue(is_aligned("example.com", "it.example.com"))


@override_settings(MAIL_IN=replace(MAIL_IN, authserv_id=MX, registers_unknown=True))
class MailSenders(TestCase):
    def setUp(self) -> None:
        meet(ERIN)
        know_ticket()

    def outcome(self, raw: bytes) -> tuple[str, str]:
        row: Any = mail_receive(raw=raw)
        return row.outcome, row.reason

    def test_a_reply_that_the_server_vouches_for_is_a_comment(self) -> None:
        self.assertEqual(self.outcome(mail(ERIN, reply_to(ERIN), Authentication_Results=GOOD)), ("reply", ""))

    def test_a_forged_sender_writes_nothing_even_with_the_token(self) -> None:
        forged = f"{MX}; dmarc=fail header.from=example.com"
        for header in (None, forged):
            found = self.outcome(mail(ERIN, reply_to(ERIN), Authentication_Results=header))
            self.assertEqual(found, ("refused", "sender_unverified"))
        self.assertFalse(Comment.objects.exists())

    def test_a_forged_sender_files_no_ticket(self) -> None:
        for sender in (ERIN, "stranger@example.com"):
            self.assertEqual(self.outcome(mail(sender)), ("refused", "sender_unverified"))
        good = mail("stranger@example.com", Authentication_Results=GOOD)
        self.assertEqual(self.outcome(good)[0], "ticket")

    def test_where_no_server_is_named_nobody_asks(self) -> None:
        with override_settings(MAIL_IN=MAIL_IN):
            self.assertEqual(self.outcome(mail(ERIN, reply_to(ERIN))), ("reply", ""))
        environment = {"DJANGO_ENV": "test", "MAIL_IN_AUTHSERV_ID": "MX.Desk.Example"}
        self.assertEqual(incoming(Env(environment)).authserv_id, MX)
