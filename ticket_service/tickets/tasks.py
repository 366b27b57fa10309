"""Jobs and periodic work; see eventbus.jobs and eventbus.ticker."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from eventbus.jobs import job
from eventbus.ticker import every
from servicekit import idempotency
from tickets.services.ending import tickets_close_overdue
from tickets.services.importing import JOB, import_work
from tickets.services.recurring import schedules_file_due


@every(seconds=3600)
def purge_idempotency_records() -> None:
    """Forgets answers that are too old to be asked for again."""
    idempotency.purge()


@every(seconds=60)
def close_overdue() -> None:
    """Closes what has been resolved for the grace time; 0 days: nothing is closed by itself."""
    if settings.TICKET_CLOSE_AFTER_DAYS:
        tickets_close_overdue(after=timedelta(days=settings.TICKET_CLOSE_AFTER_DAYS))


@every(seconds=30)
def file_recurring() -> None:
    """Files the tickets that are due by the schedules."""
    schedules_file_due()


@job(JOB, lane="imports")
def import_tickets(payload: dict[str, Any]) -> None:
    """Deals with some hundred rows of an import, and queues the rest."""
    import_work(import_id=UUID(payload["import_id"]))
