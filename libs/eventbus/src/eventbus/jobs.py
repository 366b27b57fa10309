"""Jobs: slow work outside requests, such as mail. A row holds each one until it is done.

`enqueue` writes the row in the transaction that wants the work. The worker runs what is due; where there is a broker
it first sends a nudge, so that a Celery worker does it, and runs it itself when nobody took it in time.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eventbus import backoff
from eventbus.models import Job
from jsonlog import context

logger = logging.getLogger(__name__)

# How long one attempt may take before the job counts as abandoned by a process that died.
LEASE = timedelta(seconds=120)
# How long a Celery worker has to take a job that it was told of.
NUDGE = timedelta(seconds=15)

JobFunction = Callable[[dict[str, Any]], None]
# Tells a Celery worker of a job's id and request id; False when the broker did not take it.
Nudge = Callable[[UUID, str], bool]
registry: dict[str, JobFunction] = {}
# The lane of each kind that is not in the common one, "".
_lanes: dict[str, str] = {}


class RetryableJobError(Exception):
    """The job did not work now and may work later."""


class PermanentJobError(Exception):
    """The job cannot work; trying again is of no use."""


def job(kind: str, *, lane: str = "") -> Callable[[JobFunction], JobFunction]:
    """Register the function that does jobs of this kind. It gets the payload and may run more than once.

    Jobs of one lane wait for each other in the worker, those of another do not: a slow mail server holds up no webhook.
    """

    def register(function: JobFunction) -> JobFunction:
        registry[kind] = function
        if lane:
            _lanes[kind] = lane
        return function

    return register


def enqueue(kind: str, payload: dict[str, Any], *, key: str = "") -> None:
    """Store a job in the running transaction. With a `key`, a second job of that key is none."""
    Job.objects.bulk_create([_row(kind, payload, key or None)], ignore_conflicts=True)


def enqueue_many(kind: str, payloads: Mapping[str, dict[str, Any]]) -> None:
    """Store many jobs at once, each under its key, in the running transaction; a key that has a job gets no second."""
    rows = [_row(kind, payload, key) for key, payload in payloads.items()]
    Job.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _row(kind: str, payload: dict[str, Any], key: str | None) -> Job:
    now, request_id = timezone.now(), context.request_id() or ""
    return Job(kind=kind, payload=payload, key=key, next_attempt_at=now, request_id=request_id)


def lanes() -> list[str]:
    """Every lane, the common one first."""
    return ["", *sorted(set(_lanes.values()))]


def run_due(nudge: Nudge | None = None, lane: str = "") -> bool:
    """Do the lane's job that is due longest, or tell Celery of it by `nudge`. Returns whether there was one."""
    in_lane = (
        Q(kind__in=[kind for kind, its_lane in _lanes.items() if its_lane == lane]) if lane else ~Q(kind__in=_lanes)
    )
    with transaction.atomic():
        row = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(in_lane, state=Job.State.PENDING, next_attempt_at__lte=timezone.now())
            .order_by("next_attempt_at")
            .first()
        )
        if row is None:
            return False
        told = nudge is not None and row.nudged_at is None
        if told:
            row.nudged_at = timezone.now()
            row.next_attempt_at = row.nudged_at + NUDGE
            row.save(update_fields=["nudged_at", "next_attempt_at"])
        else:
            _claim(row)
    if not told or nudge is None:
        _run(row)
    elif not nudge(row.pk, row.request_id):
        Job.objects.filter(pk=row.pk, nudged_at=row.nudged_at).update(next_attempt_at=timezone.now())
    return True


def run_nudged(job_id: UUID) -> None:
    """Do the job that Celery was told of, unless it was done or taken since."""
    with transaction.atomic():
        row = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(pk=job_id, state=Job.State.PENDING, nudged_at__isnull=False)
            .first()
        )
        if row is None:
            return
        _claim(row)
    _run(row)


def revive(*, job_id: UUID | str | None = None, kind: str = "", keys: Iterable[str] | None = None) -> int:
    """Let jobs that gave up be done again, all of them or those named; answer how many."""
    rows = Job.objects.filter(state=Job.State.FAILED)
    if job_id:
        rows = rows.filter(pk=job_id)
    if kind:
        rows = rows.filter(kind=kind)
    if keys is not None:
        rows = rows.filter(key__in=list(keys))
    return rows.update(state=Job.State.PENDING, attempts=0, nudged_at=None, next_attempt_at=timezone.now())


def _claim(row: Job) -> None:
    row.attempts += 1
    row.nudged_at = None
    row.next_attempt_at = timezone.now() + LEASE
    row.save(update_fields=["attempts", "nudged_at", "next_attempt_at"])


def _run(row: Job) -> None:
    extra = {"job": row.kind, "job_id": str(row.pk), "attempts": row.attempts}
    with context.bind(request_id=row.request_id or None, task_id=str(row.pk)):
        if row.attempts > backoff.MAX_ATTEMPTS:
            # The tries before have ended with their processes: what they met, nobody could write down.
            logger.error("job was abandoned too often", extra=extra)
            _finish(row, Job.State.FAILED, PermanentJobError("its process died each time"))
            return
        try:
            registry[row.kind](row.payload)
        except PermanentJobError as error:
            logger.warning("job failed for good", exc_info=error, extra=extra)
            _finish(row, Job.State.FAILED, error)
        except Exception as error:
            if row.attempts >= backoff.MAX_ATTEMPTS:
                logger.error("job failed too often", exc_info=error, extra=extra)
                _finish(row, Job.State.FAILED, error)
            else:
                logger.warning("job failed; it will be tried again", exc_info=error, extra=extra)
                _finish(row, Job.State.PENDING, error)
        else:
            logger.info("job done", extra=extra)
            _finish(row, Job.State.DONE, None)


def _finish(row: Job, state: Job.State, error: Exception | None) -> None:
    # Only the attempt that still holds the claim may write: a later one may have taken over.
    Job.objects.filter(pk=row.pk, attempts=row.attempts, state=Job.State.PENDING).update(
        state=state,
        last_error=f"{type(error).__name__}: {error}"[:1000] if error else "",
        next_attempt_at=backoff.next_attempt(row.attempts),
    )
