"""What a readiness probe may ask of the bus."""

from datetime import timedelta

from django.utils import timezone

from eventbus.models import InboxEvent, Job, OutboxEvent
from healthcheck import Result, check
from healthcheck.database import own_connection

OLD = timedelta(seconds=60)
# Counting stops here: a figure for a graph must not cost what an outage has piled up.
MOST = 1000


@check(name="outbox", critical=False)
def outbox() -> Result:
    """Warn when an event has waited over a minute for the relay, or when dead letters are there."""
    with own_connection():
        now = timezone.now()
        waiting = OutboxEvent.objects.filter(published_at=None).order_by("id")
        oldest = waiting.values_list("created_at", flat=True).first()
        dead = InboxEvent.objects.filter(state=InboxEvent.State.DEAD)[:MOST].count()
        figures = {
            "oldest_seconds": round((now - oldest).total_seconds(), 1) if oldest else 0.0,
            "waiting": waiting.order_by()[:MOST].count(),
            "dead_letters": dead,
            "jobs_due": Job.objects.filter(state=Job.State.PENDING, next_attempt_at__lte=now)[:MOST].count(),
            "jobs_failed": Job.objects.filter(state=Job.State.FAILED)[:MOST].count(),
        }
    if oldest is not None and now - oldest > OLD:
        return Result(status="warn", code="late", detail=figures)
    return Result(status="warn" if dead else "pass", code="dead_letters" if dead else "", detail=figures)
