"""Emptying a mailbox: each message is marked as dealt with only after the transaction that took it in."""

import logging
import time
from collections import Counter

from django.db import DatabaseError

from comments.mail.mailboxes import Mailbox, MailboxUnavailable, Waiting, open_mailbox
from comments.models import InboundMail
from comments.services.mail_in import MAX_BYTES, mail_receive, mail_refuse_unread

logger = logging.getLogger(__name__)

DUPLICATE = "duplicate"
FAILED = "failed"


def mailbox_read(*, url: str, limit: int, seconds: float) -> Counter[str]:
    """Take in up to `limit` messages within about so many seconds; returns how many of which outcome.

    A message that cannot be taken in stays where it is for the next time, and those behind it are read all the same.
    Raises MailboxUnavailable, MailboxUrlInvalid, and DatabaseError when the database is away.
    """
    deadline = time.monotonic() + seconds
    outcomes: Counter[str] = Counter()
    with open_mailbox(url) as mailbox:
        for waiting in mailbox.waiting(limit):
            if time.monotonic() > deadline:
                break
            outcomes[_read_one(mailbox, waiting)] += 1
    return outcomes


def _read_one(mailbox: Mailbox, waiting: Waiting) -> str:
    try:
        if waiting.size > MAX_BYTES:
            row = mail_refuse_unread(identity=f"{waiting.key} {waiting.size}", reason="too_large")
        else:
            row = mail_receive(raw=mailbox.read(waiting.key))
    except (DatabaseError, MailboxUnavailable):
        raise
    except Exception:
        logger.exception("a mail could not be taken in; it stays in its mailbox", extra={"mail": waiting.key})
        return FAILED
    refused = row is not None and row.outcome == InboundMail.Outcome.REFUSED
    mailbox.done(waiting.key, flagged=refused)
    return row.outcome if row else DUPLICATE
