"""Deletes what has done its duty, in small transactions and for a bounded time."""

import time
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from eventbus import conf
from eventbus.models import InboxEvent, Job, OutboxEvent
from eventbus.ticker import every

BATCH = 1000
# Of each run, which comes every ten minutes: a busy installation makes more rows in them than a batch has.
SECONDS = 20.0


@every(seconds=600)
def prune() -> int:
    """Delete published events, handled events and finished jobs older than the retention. Returns how many."""
    horizon = timezone.now() - timedelta(days=conf.retention_days())
    # The highest position stays: the next one is counted from it.
    highest = OutboxEvent.objects.aggregate(highest=Max("position"))["highest"] or 0
    old = [
        OutboxEvent.objects.filter(published_at__lt=horizon, position__lt=highest),
        InboxEvent.objects.filter(state=InboxEvent.State.DONE, received_at__lt=horizon),
        Job.objects.filter(state=Job.State.DONE, created_at__lt=horizon),
    ]
    deadline = time.monotonic() + SECONDS
    deleted = 0
    for rows in old:
        while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
            deleted += rows.model._base_manager.filter(pk__in=keys).delete()[0]
            if len(keys) < BATCH or time.monotonic() > deadline:
                break
    return deleted
