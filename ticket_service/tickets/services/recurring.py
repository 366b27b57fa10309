"""Filing what is due by the schedules: each occurrence once, however many workers there are and whenever they stop.

A schedule's row is locked while its ticket is filed, and what the schedule says of it commits with the ticket. After a
time in which nobody filed, the latest missed occurrence becomes a ticket and the earlier ones do not.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from eventbus import ticker
from jwtauth import people
from jwtauth.principal import Principal
from servicekit.problems import Problem
from tickets.errors import RequesterUnknown
from tickets.models import ScheduledTicket, TicketSchedule
from tickets.recurrence import occurrences
from tickets.services.filing import ticket_file
from tickets.services.schedules import forget_failure, ticket_fields, timetable_of

logger = logging.getLogger(__name__)

# Schedules of one call; the next call goes on.
BATCH = 100
FIRST_RETRY, LAST_RETRY = timedelta(minutes=5), timedelta(hours=1)
UNEXPECTED = "Something went wrong here; it has been logged."


def schedules_file_due() -> int:
    """Files what is due, what waits longest first; how many tickets it were."""
    due = TicketSchedule.objects.filter(is_active=True, attempt_at__lte=timezone.now())
    return ticker.each(list(due.order_by("attempt_at").values_list("pk", flat=True)[:BATCH]), _file_due)


def _file_due(pk: UUID) -> bool:
    with transaction.atomic():
        now = timezone.now()
        rows = TicketSchedule.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        # Whoever holds the row files it, or is about to change it; the next call sees what became of it.
        schedule = rows.select_related("template").filter(pk=pk, is_active=True, attempt_at__lte=now).first()
        if schedule is None or schedule.next_at is None:
            return False
        occurrence, following = _around(schedule, schedule.next_at, now)
        failure = _failure(schedule, occurrence)
        if failure is None:
            schedule.next_at = following
            forget_failure(schedule)
        else:
            _put_off(schedule, failure, now)
        schedule.save()
    return failure is None


def _around(schedule: TicketSchedule, due: datetime, now: datetime) -> tuple[datetime, datetime | None]:
    """The latest occurrence that is not in the future, and the one after it."""
    ahead: Iterator[datetime] = occurrences(timetable_of(schedule), after=due)
    latest = due
    for moment in ahead:
        if moment > now:
            return latest, moment
        latest = moment
    return latest, None


def _failure(schedule: TicketSchedule, occurrence: datetime) -> tuple[str, str] | None:
    """Files the occurrence's ticket, or answers code and text of why it cannot be."""
    try:
        with transaction.atomic():
            _file(schedule, occurrence)
    except Problem as problem:
        details = [str(entry["detail"]) for entry in problem.errors] or [problem.detail or problem.title]
        return problem.code, " ".join(details)
    except (InterfaceError, OperationalError):
        raise  # says nothing of the schedule; the next call tries again
    except Exception:
        logger.exception("a schedule's ticket could not be filed", extra={"schedule_id": str(schedule.pk)})
        return "internal_error", UNEXPECTED
    return None


def _file(schedule: TicketSchedule, occurrence: datetime) -> None:
    person = people.by_ids([schedule.requester_id]).get(schedule.requester_id)
    if person is None or not person.is_active:
        raise RequesterUnknown(requester_id=str(schedule.requester_id))
    filed = ticket_file(
        actor=Principal(id=person.pk, kind="user", name=person.name),
        schedule=schedule.name,
        **ticket_fields(schedule.template),
    )
    ScheduledTicket.objects.create(schedule=schedule, ticket=filed.ticket, occurrence_at=occurrence)


def _put_off(schedule: TicketSchedule, failure: tuple[str, str], now: datetime) -> None:
    schedule.failure_code, schedule.failure = failure[0], failure[1][:500]
    schedule.failed_at = now
    schedule.attempt_at = now + min(FIRST_RETRY * 2 ** min(schedule.failures, 10), LAST_RETRY)
    schedule.failures += 1
    logger.warning(
        "a schedule's ticket could not be filed",
        extra={"schedule_id": str(schedule.pk), "code": schedule.failure_code, "failures": schedule.failures},
    )
