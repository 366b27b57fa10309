"""Whatever is in a mailbox, reading it ends, and nothing in it is lost."""

import random
import tempfile
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from attachments.errors import AttachmentUnavailable
from comments.health import mailbox
from comments.mail.conf import incoming
from comments.mail.quoting import html_to_text, newest_part
from comments.models import Comment, InboundMail, MailboxFailure, MailReading
from comments.services.mail_in import mail_receive
from comments.services.mail_reading import mailbox_read
from comments.tasks import receive_mail
from comments.tests.cast import ERIN, know_ticket
from comments.tests.mails import address_of, bounce_of, mail, reply_to
from comments.tests.test_mail_replies import MAIL_IN, meet
from servicekit.env import Env


def later(minutes: float) -> AbstractContextManager[object]:
    """While it lasts, Django's clock is ahead by so much."""
    return patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(minutes=minutes))


class MaildirCase(TestCase):
    """A Maildir of its own, with what a test puts into it."""

    def setUp(self) -> None:
        meet(ERIN)
        know_ticket()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ("new", "cur", "tmp"):
            (self.folder / name).mkdir()

    def put(self, name: str, raw: bytes) -> None:
        (self.folder / "new" / name).write_bytes(raw)

    def names(self, where: str) -> list[str]:
        return sorted(path.name for path in (self.folder / where).iterdir())

    def receive(self) -> str:
        out = StringIO()
        call_command("receive_mail", maildir=self.folder, stdout=out)
        return out.getvalue().strip()


@override_settings(MAIL_IN=MAIL_IN)
class ReceiveMail(MaildirCase):
    def test_each_is_marked_once_it_is_stored_and_flagged_when_refused(self) -> None:
        self.put("1.a", mail(ERIN, reply_to(ERIN)))
        self.put("2.b", mail("stranger@example.org"))
        self.put("3.c", b"\xff\x00 no mail at all")
        self.assertEqual(self.receive(), "2 refused, 1 reply")
        self.assertEqual(self.names("new"), [])
        self.assertEqual(self.names("cur"), ["1.a:2,S", "2.b:2,FS", "3.c:2,FS"])
        self.assertEqual(self.receive(), "nothing new")

    def test_a_copy_is_one_mail_and_a_machine_that_repeats_its_message_id_sends_many(self) -> None:
        for name, day in (("1.a", 24), ("2.b", 24), ("3.c", 25)):
            message = mail(
                ERIN, reply_to(ERIN), Message_ID="<1@scanner>", Date=f"Tue, {day} Nov 2026 09:00:00 +0000", X_Hop=name
            )
            self.put(name, message)
        self.assertEqual(self.receive(), "1 duplicate, 2 reply")

    def test_a_stop_between_storing_and_marking_makes_no_second_comment(self) -> None:
        self.put("1.a", mail(ERIN, reply_to(ERIN)))
        with (
            patch("comments.mail.mailboxes.Maildir.done", side_effect=KeyboardInterrupt),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.receive()
        self.assertEqual(self.names("new"), ["1.a"])
        self.assertEqual(self.receive(), "1 duplicate")
        self.assertEqual(Comment.objects.count(), 1)

    def test_one_that_cannot_be_taken_in_stays_and_holds_up_no_other(self) -> None:
        self.put("1.a", mail(ERIN, reply_to(ERIN), "first"))
        self.put("2.b", mail(ERIN, reply_to(ERIN), "second"))
        with patch("attachments.store", side_effect=AttachmentUnavailable):
            self.put("0.z", mail(ERIN, reply_to(ERIN), files={"a.txt": b"a"}))
            with self.assertRaisesMessage(CommandError, "1 mails could not be taken in"):
                self.receive()
        self.assertEqual((self.names("new"), Comment.objects.count()), (["0.z"], 2))
        self.assertEqual(self.receive(), "1 reply")

    def test_what_is_never_taken_in_holds_up_no_other(self) -> None:
        """However many there are, and although they are the oldest."""
        for number in range(3):
            self.put(f"0.{number}", mail(ERIN, reply_to(ERIN), files={"a.txt": b"a"}))
        self.put("1.a", mail(ERIN, reply_to(ERIN)))
        with patch("attachments.store", side_effect=AttachmentUnavailable):
            for _ in range(2):
                mailbox_read(url=f"maildir://{self.folder}", limit=3, seconds=30)
        self.assertEqual((self.names("new"), Comment.objects.count()), (["0.0", "0.1", "0.2"], 1))
        self.assertEqual(self.receive(), "3 reply")

    def test_a_mail_that_kills_its_reader_is_refused_unread(self) -> None:
        self.put("0.z", mail(ERIN, reply_to(ERIN), "deadly"))
        for _ in range(3):
            with (
                patch("comments.services.mail_reading.mail_receive", side_effect=KeyboardInterrupt),
                self.assertRaises(KeyboardInterrupt),
            ):
                self.receive()
        self.put("1.a", mail(ERIN, reply_to(ERIN)))
        with self.assertLogs("comments", "ERROR"):
            self.assertEqual(self.receive(), "1 refused, 1 reply")
        self.assertEqual(self.names("cur"), ["0.z:2,FS", "1.a:2,S"])
        self.assertEqual(InboundMail.objects.get(outcome="refused").reason, "unreadable")
        self.assertFalse(MailReading.objects.exists())

    def test_while_the_database_is_away_everything_waits(self) -> None:
        self.put("1.a", mail(ERIN, reply_to(ERIN)))
        with (
            patch("comments.services.mail_in.InboundMail.objects.bulk_create", side_effect=OperationalError),
            self.assertRaises(OperationalError),
        ):
            self.receive()
        self.assertEqual((self.names("new"), self.names("cur")), (["1.a"], []))

    def test_a_mail_too_large_is_not_even_read(self) -> None:
        self.put("1.a", mail(ERIN, reply_to(ERIN)))
        with patch("comments.services.mail_reading.MAX_BYTES", 10):
            self.assertEqual(self.receive(), "1 refused")
        self.assertEqual(InboundMail.objects.get().reason, "too_large")

    def test_a_folder_that_is_no_maildir_is_said_to_be_none(self) -> None:
        (self.folder / "cur").rmdir()
        with self.assertRaisesMessage(CommandError, "is no Maildir"):
            self.receive()

    def test_without_a_mailbox_the_command_says_what_to_set(self) -> None:
        with self.assertRaisesMessage(CommandError, "MAIL_IN_URL"):
            call_command("receive_mail")

    def with_the_mailbox(self) -> override_settings:
        url = f"maildir://{self.folder}"
        env = Env({"DJANGO_ENV": "test", "MAIL_IN_URL": url, "MAIL_REPLY_SECRET": MAIL_IN.secrets[0]})
        return override_settings(MAIL_IN=incoming(env))

    def test_the_worker_reads_it_too(self) -> None:
        self.put("1.a", mail(ERIN, reply_to(ERIN)))
        receive_mail()
        self.assertEqual(Comment.objects.count(), 0)
        with self.with_the_mailbox():
            receive_mail()
            self.assertEqual(Comment.objects.count(), 1)

    def health(self, minutes: float) -> tuple[str, str]:
        """What a probe says of the mailbox so many minutes from now."""
        with patch("comments.health.own_connection", nullcontext), later(minutes):
            result = mailbox()
        return result.status, result.code

    def test_a_mailbox_that_cannot_be_read_for_long_is_seen_by_a_probe(self) -> None:
        away = self.folder / "away"
        (self.folder / "new").rename(away)
        with self.with_the_mailbox():
            receive_mail()
            with later(minutes=4):
                receive_mail()  # it began with the first, not with the last
            self.assertEqual((self.health(4), self.health(6)), (("pass", ""), ("warn", "unread")))
            away.rename(self.folder / "new")
            receive_mail()
            self.assertEqual(self.health(600), ("pass", ""))

    def test_where_there_is_no_mailbox_none_is_missed(self) -> None:
        MailboxFailure.objects.create(since=timezone.now())
        self.assertEqual(self.health(600), ("pass", ""))


@override_settings(MAIL_IN=MAIL_IN)
class AnyBytes(TestCase):
    def test_whatever_the_bytes_are_it_ends_without_an_error(self) -> None:
        chance = random.Random(7)
        models = [mail(ERIN, html="<p>x", files={"a.txt": b"a"}), bounce_of("<a@b>", "c@d.e"), b""]
        for _ in range(200):
            model = chance.choice(models)
            start, end = sorted(chance.randint(0, len(model)) for _ in range(2))
            put = bytes(chance.choice(b'\0\r\n\t :;,<>@()"=?-/\xff\x80aB0') for _ in range(chance.randint(0, 40)))
            raw = model[:start] + put + model[end if chance.random() < 0.5 else start :]
            with self.subTest(raw=raw):
                mail_receive(raw=raw)

    def test_headers_that_break_parsers(self) -> None:
        for header in (
            b"From: =?utf-8?b?!!!?= <a@b.c>",
            b"From: =?nonsense?q?x?= <a@b.c>",
            b"From: <a@b.c>, <d@e.f>",
            b"From: \xff\xfe <a@b.c>",
            b"From: a@b.c\r\nSubject: =?utf-8?q?" + b"=FF" * 400 + b"?=",
            b"From: a@b.c\r\nContent-Type: text/plain; charset=unknown-8bit\r\n\r\n\xff",
            b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
            b"From: a@b.c\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
            b"From: " + b"(" * 5_000 + b"a@b.c",
            b"From: a@b.c\r\nReferences: " + b"<a@b> " * 5_000,
            b"From: a@b.c\r\nSubject: " + b"=?u?q?" * 500_000,
            b"From: a@b.c\r\n" + b"a:\r\n" * 500_000,
            b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\n\n" * 500_000,
            b"From: a@b.c\r\nContent-Type: text/plain; charset=punycode\r\n\r\na-" + b"b" * 2_000_000,
        ):
            with self.subTest(header[:40]):
                self.assertIsNotNone(mail_receive(raw=header + b"\r\n\r\nx"))

    def test_a_character_set_that_is_none_makes_no_text_that_cannot_be_stored(self) -> None:
        for charset in ("utf-7", "unicode_escape", "raw-unicode-escape"):
            body = f"Content-Type: text/plain; charset={charset}\r\n\r\n+2AA- \\ud800".encode()
            with self.subTest(charset):
                raw = f"From: {address_of(ERIN)}\r\nMessage-ID: <{charset}@a>\r\n".encode() + body
                meet(ERIN)
                row = mail_receive(raw=raw)
                self.assertEqual(row and row.outcome, "ticket")

    def test_a_name_cannot_forge_a_header_or_a_line(self) -> None:
        mail_receive(raw=b"From: =?utf-8?q?a=0D=0ABcc=3A_x?= <a@b.c>\r\nSubject: =?utf-8?q?=00=0Ax?=\r\n\r\nx")
        row = InboundMail.objects.get()
        self.assertEqual((row.sender_name, row.subject), ("a Bcc: x", "x"))


class Quoting(SimpleTestCase):
    def test_what_clients_put_below_is_left_out(self) -> None:
        for below in (
            "On Wed, Nov 25, 2026 at 9:00 AM Help Desk <desk@example.com> wrote:\n> Does it beep?",
            "Am 25.11.26 um 09:00 schrieb Help Desk <desk@example.com>:\n> Piept er?",
            "Le 25/11/2026 à 09:00, Help Desk <desk@example.com> a écrit :\n> Ça bipe ?",
            "________________________________\nFrom: Desk <d@example.com>\nSent: Today\nTo: E\nSubject: RE: x\n\nhi",
        ):
            with self.subTest(below[:12]):
                self.assertEqual(newest_part(f"It does.\n\n{below}\n"), "It does.")

    def test_what_is_written_between_the_lines_or_below_stays(self) -> None:
        for text in ("> Does it beep?\nYes\n> Is it on?\nNo", "plain", "- one\n- two", "a" * 1_000 + "\nb"):
            self.assertEqual(newest_part(text), text)

    def test_a_long_mail_without_a_quotation_stays_whole(self) -> None:
        text = "\n".join(f"line {number} " + "x" * 80 for number in range(400))
        self.assertEqual(newest_part(text), text)

    def test_what_makes_expressions_slow_ends(self) -> None:
        for word in (
            "\n",
            " \n",
            "On ",
            "Am schrieb ",
            "Le a écrit ",
            "Op schreef ",
            "On wrote: ",
            "_",
            "-",
            "> ",
            "<a> ",
            "From: a\n",
        ):
            self.assertIsInstance(newest_part(word * 40_000), str)

    def test_html_that_makes_expressions_slow_ends(self) -> None:
        for html in ("<a" * 250_000, "x" + " " * 200_000 + "y", "x" + "&#32;" * 50_000 + "y", "<br> " * 100_000):
            self.assertIsInstance(html_to_text(html), str)

    def test_html_nested_as_no_person_writes_ends(self) -> None:
        for tag in ("div", "blockquote", "b", "table><tr><td"):
            self.assertIn("x", html_to_text(f"<{tag}>" * 20_000 + "x"))

    def test_marks_of_ours_in_a_mail_mean_nothing(self) -> None:
        self.assertEqual(newest_part("\ue0007\ue001 " + "x" * 400), "7 " + "x" * 400)


class Settings(SimpleTestCase):
    def read(self, name: str = "production", **variables: str) -> object:
        return incoming(Env({"DJANGO_ENV": name, **variables}, argv=["manage.py"]))

    def test_a_password_in_clear_text_leaves_no_other_machine(self) -> None:
        with self.assertRaisesMessage(ImproperlyConfigured, "clear text"):
            self.read(MAIL_IN_URL="imap://u:p@mail.example.com", MAIL_DESK_ADDRESS="d@example.com")
        self.read(MAIL_IN_URL="imap://u:p@127.0.0.1", MAIL_DESK_ADDRESS="d@example.com")

    def test_what_names_no_mailbox_is_refused_without_its_password(self) -> None:
        for url in ("x", "https://u:s3cret@h", "maildir://host/path", "imaps://h"):
            with self.subTest(url), self.assertRaises(ImproperlyConfigured) as raised:
                self.read(MAIL_IN_URL=url, MAIL_DESK_ADDRESS="d@example.com")
            self.assertNotIn("s3cret", str(raised.exception))

    def test_production_wants_the_desks_address(self) -> None:
        with self.assertRaisesMessage(ImproperlyConfigured, "MAIL_DESK_ADDRESS"):
            self.read(MAIL_IN_URL="maildir:///var/mail/desk")
        for bad in ("MAIL_DESK_ADDRESS", "MAIL_IN_UNKNOWN_SENDERS"):
            with self.assertRaisesMessage(ImproperlyConfigured, bad):
                self.read(**{bad: "maybe"})
