"""Emptying a mailbox: each message is marked as dealt with only after the transaction that took it in."""

import logging
import time
from collections import Counter

from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from comments.mail import letters
from comments.mail.mailboxes import Mailbox, MailboxUnavailable, Waiting, open_mailbox
from comments.models import InboundMail, MailboxFailure, MailReading
from comments.services.mail_in import MAX_BYTES, mail_receive, mail_refuse_unread

logger = logging.getLogger(__name__)

DUPLICATE = "duplicate"
FAILED = "failed"
# Whoever reads it was killed, or hung until it was, this many times: it is not tried again.
MAX_BEGUN = 3


def mailbox_read(*, url: str, limit: int, seconds: float) -> Counter[str]:
    """Take in up to `limit` messages within about so many seconds; returns how many of which outcome.

    A message that cannot be taken in stays where it is for a later time, and those behind it are read all the same.
    Raises MailboxUnavailable, MailboxUrlInvalid, and DatabaseError when the database is away.
    """
    deadline = time.monotonic() + seconds
    outcomes: Counter[str] = Counter()
    difficult = set(MailReading.objects.values_list("identity", flat=True))
    with open_mailbox(url) as mailbox:
        # What came to no end before comes last, however old it is.
        waiting = sorted(mailbox.waiting(limit + len(difficult)), key=lambda one: _identity(one) in difficult)
        for one in waiting[:limit]:
            if time.monotonic() > deadline:
                break
            outcomes[_read_one(mailbox, one)] += 1
    return outcomes


def mailbox_look(*, url: str, limit: int, seconds: float) -> None:
    """`mailbox_read` again and again by the worker: since when it is kept out is written down, for comments.health."""
    try:
        mailbox_read(url=url, limit=limit, seconds=seconds)
    except MailboxUnavailable:
        logger.warning("the desk's mailbox cannot be read", exc_info=True)
        MailboxFailure.objects.get_or_create(pk=1, defaults={"since": timezone.now()})
    else:
        MailboxFailure.objects.all().delete()


def _read_one(mailbox: Mailbox, waiting: Waiting) -> str:
    reading, _ = MailReading.objects.get_or_create(identity=_identity(waiting))
    # Stored before the first byte is looked at: it is all that is left if there is no end to it.
    MailReading.objects.filter(pk=reading.pk).update(begun=F("begun") + 1, at=timezone.now())
    try:
        if waiting.size > MAX_BYTES:
            row = mail_refuse_unread(identity=_name(waiting), reason="too_large")
        elif reading.begun >= MAX_BEGUN:
            logger.error("a mail kills its reader; it is flagged in its mailbox", extra={"mail": waiting.key})
            row = mail_refuse_unread(identity=_name(waiting), reason="unreadable")
        else:
            row = mail_receive(raw=mailbox.read(waiting.key))
    except DatabaseError:
        raise
    except Exception as error:
        MailReading.objects.filter(pk=reading.pk).update(begun=0)
        if isinstance(error, MailboxUnavailable):
            raise
        logger.exception("a mail could not be taken in; it stays in its mailbox", extra={"mail": waiting.key})
        return FAILED
    refused = row is not None and row.outcome == InboundMail.Outcome.REFUSED
    mailbox.done(waiting.key, flagged=refused)
    MailReading.objects.filter(pk=reading.pk).delete()
    return row.outcome if row else DUPLICATE


def _name(waiting: Waiting) -> str:
    return f"{waiting.key} {waiting.size}"


def _identity(waiting: Waiting) -> str:
    return letters.fingerprint(_name(waiting).encode())
