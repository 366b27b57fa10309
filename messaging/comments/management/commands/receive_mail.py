"""`manage.py receive_mail`: takes in what waits in the desk's mailbox."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from comments.mail.mailboxes import MailboxUnavailable, MailboxUrlInvalid
from comments.services.mail_reading import FAILED, mailbox_read


class Command(BaseCommand):
    help = (
        "Take in the mails that wait in MAIL_IN_URL (maildir:///FOLDER or imaps://USER:PASSWORD@HOST/FOLDER): replies "
        "become comments, others tickets. Each is marked as read once it is stored; what was refused is flagged too. "
        "The worker does the same by itself every half minute where MAIL_IN_URL is set."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--maildir", type=Path, help="a Maildir instead of MAIL_IN_URL")
        parser.add_argument("--limit", type=int, default=500, help="messages at most (500)")
        parser.add_argument("--watch", type=float, metavar="SECONDS", help="go on, looking again after so many seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read once, or for ever; exits 1 when a mail could not be taken in."""
        url = f"maildir://{options['maildir'].resolve()}" if options["maildir"] else settings.MAIL_IN.url
        if not url:
            raise CommandError("there is no mailbox: set MAIL_IN_URL, or name a folder with --maildir")
        while True:
            failed = self._read(url, options["limit"])
            if options["watch"] is None:
                break
            time.sleep(options["watch"])
        if failed:
            raise CommandError(f"{failed} mails could not be taken in and stay where they are; the log says why")

    def _read(self, url: str, limit: int) -> int:
        try:
            outcomes = mailbox_read(url=url, limit=limit, seconds=600)
        except (MailboxUnavailable, MailboxUrlInvalid) as error:
            raise CommandError(f"the mailbox cannot be read: {error}") from error
        told = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())) or "nothing new"
        self.stdout.write(told)
        return outcomes[FAILED]
