"""Periodic work of this service, run by the worker that holds the ticker's lease."""

from django.conf import settings

from comments.services.mail_filing import mails_file_due
from comments.services.mail_reading import mailbox_look
from comments.services.mail_retention import mails_forget
from comments.services.presence import presence_purge
from eventbus.ticker import every
from servicekit import idempotency

# What one look takes in; the rest waits for the next.
MAILS = 50
SECONDS = 15.0


@every(seconds=30)
def receive_mail() -> None:
    """Take in what waits in the desk's mailbox, where there is one."""
    if settings.MAIL_IN.url:
        mailbox_look(url=settings.MAIL_IN.url, limit=MAILS, seconds=SECONDS)


@every(seconds=5)
def file_mails() -> None:
    """Hand waiting mails to ticket-service."""
    mails_file_due()


@every(seconds=300)
def purge_presence() -> None:
    """Forget streams whose process was killed."""
    presence_purge()


@every(seconds=3600)
def purge_idempotency_records() -> None:
    """Forget answers that are too old to be asked for again."""
    idempotency.purge()


@every(seconds=600)
def forget_mails() -> None:
    """Delete what came in by e-mail long ago."""
    mails_forget()
