"""Periodic work of this service, run by the worker that holds the ticker's lease."""

from datetime import timedelta

from django.conf import settings

from eventbus.ticker import every
from servicekit import idempotency
from tickets.services.ending import tickets_close_overdue


@every(seconds=3600)
def purge_idempotency_records() -> None:
    """Forgets answers that are too old to be asked for again."""
    idempotency.purge()


@every(seconds=60)
def close_overdue() -> None:
    """Closes what has been resolved for the grace time; 0 days: nothing is closed by itself."""
    if settings.TICKET_CLOSE_AFTER_DAYS:
        tickets_close_overdue(after=timedelta(days=settings.TICKET_CLOSE_AFTER_DAYS))
