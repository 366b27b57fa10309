"""What a readiness probe may ask of the bus."""

from datetime import timedelta

from django.utils import timezone

from eventbus.models import InboxEvent, OutboxEvent
from healthcheck import Result, check

OLD = timedelta(seconds=60)


@check(name="outbox", critical=False)
def outbox() -> Result:
    """Warn when an event has waited over a minute for the relay, or when dead letters are there."""
    oldest = OutboxEvent.objects.filter(published_at=None).order_by("id").values_list("created_at", flat=True).first()
    dead = InboxEvent.objects.filter(state=InboxEvent.State.DEAD).order_by("received_at")[:1].count()
    late = oldest is not None and timezone.now() - oldest > OLD
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    return Result(status="warn" if late or dead else "pass", detail={"oldest_seconds": age, "dead_letters": bool(dead)})
