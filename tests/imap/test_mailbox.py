"""messaging reads the desk's mailbox over IMAP, with a real server."""

import sys
from typing import ClassVar
from unittest import TestCase

from suite.paths import ROOT

sys.path.insert(0, str(ROOT / "messaging"))

from comments.mail.mailboxes import MailboxUnavailable, open_mailbox

from .dovecot import PASSWORD, USER, Dovecot

MAIL = b"From: erin@example.com\r\nMessage-ID: <%d@example.com>\r\nSubject: \xc3\xa4\r\n\r\nIt beeps.\r\n"


class ImapMailbox(TestCase):
    server: ClassVar[Dovecot]

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = Dovecot()
        cls.addClassCleanup(cls.server.stop)

    def setUp(self) -> None:
        self.url = f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.server.port}/INBOX"
        with open_mailbox(self.url) as mailbox:
            for waiting in mailbox.waiting(100):
                mailbox.done(waiting.key, flagged=False)

    def put(self, count: int) -> None:
        for number in range(count):
            self.server.put(f"{self.id()}.{number}", MAIL % number)

    def flags(self) -> list[str]:
        """The flags of this test's messages, as their files' names have them."""
        names = sorted(path.name for path in (self.server.home / "mail" / "cur").glob(f"{self.id()}*"))
        return [name.rpartition(",")[2] for name in names]

    def test_what_waits_is_read_byte_for_byte_oldest_first(self) -> None:
        self.put(3)
        with open_mailbox(self.url) as mailbox:
            found = mailbox.waiting(2)
            self.assertEqual([mailbox.read(waiting.key) for waiting in found], [MAIL % 0, MAIL % 1])
            self.assertEqual(found[0].size, len(MAIL % 0))

    def test_reading_marks_nothing(self) -> None:
        self.put(1)
        for _ in range(2):  # as when the process dies before it has stored the message
            with open_mailbox(self.url) as mailbox:
                (waiting,) = mailbox.waiting(10)
                mailbox.read(waiting.key)
        self.assertNotIn("S", "".join(self.flags()))

    def test_what_was_dealt_with_waits_no_longer(self) -> None:
        self.put(2)
        with open_mailbox(self.url) as mailbox:
            taken, refused = mailbox.waiting(10)
            mailbox.done(taken.key, flagged=False)
            mailbox.done(refused.key, flagged=True)
            self.assertEqual(mailbox.waiting(10), [])
        self.assertEqual(self.flags(), ["S", "FS"])

    def test_a_message_that_somebody_deleted_meanwhile(self) -> None:
        self.put(1)
        with open_mailbox(self.url) as mailbox, self.assertRaises(MailboxUnavailable):
            mailbox.read("999999")

    def test_who_may_not_is_told_without_the_password(self) -> None:
        with self.assertRaises(MailboxUnavailable) as raised, open_mailbox(self.url.replace(PASSWORD, "wr0ng")):
            pass
        self.assertNotIn("wr0ng", str(raised.exception))

    def test_a_folder_that_is_not_there(self) -> None:
        with self.assertRaises(MailboxUnavailable), open_mailbox(self.url.replace("INBOX", "Nowhere")):
            pass

    def test_a_server_that_nobody_vouches_for_gets_no_password(self) -> None:
        for url in (
            f"imaps://{USER}:{PASSWORD}@127.0.0.1:{self.server.tls_port}/INBOX",
            f"imap+tls://{USER}:{PASSWORD}@127.0.0.1:{self.server.port}/INBOX",
        ):
            with self.subTest(url), self.assertRaisesRegex(MailboxUnavailable, "SSL"), open_mailbox(url):
                pass

    def test_a_server_that_is_away(self) -> None:
        with self.assertRaises(MailboxUnavailable), open_mailbox("imap://u:p@127.0.0.1:9/INBOX"):
            pass
