"""The relay: gives committed events their position and, with a broker, sends them there.

One relay runs per database (see `lease`). It marks an event as published only after the broker confirmed it, so a crash
at any point sends some events twice and none never.
"""

import logging
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils import timezone

from eventbus.models import OutboxEvent

logger = logging.getLogger(__name__)

BATCH = 200

# Only committed rows are visible here, and only the lease's holder runs this: positions follow commit order.
_POSITION = """
    WITH pending AS (
        SELECT id, row_number() OVER (ORDER BY id) AS n
        FROM eventbus_outboxevent WHERE position IS NULL ORDER BY id LIMIT 500
    )
    UPDATE eventbus_outboxevent
    SET position = (SELECT COALESCE(MAX(position), 0) FROM eventbus_outboxevent)
                 + (SELECT n FROM pending WHERE pending.id = eventbus_outboxevent.id)
    WHERE id IN (SELECT id FROM pending)
"""


class Publisher(Protocol):
    """Sends one envelope and returns when the broker has taken responsibility for it; raises otherwise."""

    def send(self, envelope: dict[str, Any]) -> None: ...


def assign_positions() -> bool:
    """Give a position to each committed event that has none. Returns whether there was one."""
    if not OutboxEvent.objects.filter(position=None).exists():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_POSITION)
    return True


def send_unpublished(publisher: Publisher) -> int:
    """Send the oldest unpublished events in order and mark those that were confirmed. Returns how many.

    What the publisher raises is passed on, after the events confirmed before it have been marked.
    """
    rows = list(OutboxEvent.objects.filter(published_at=None, position__isnull=False).order_by("position")[:BATCH])
    confirmed: list[int] = []
    try:
        for row in rows:
            publisher.send(row.envelope)
            confirmed.append(row.pk)
    finally:
        if confirmed:
            OutboxEvent.objects.filter(pk__in=confirmed).update(published_at=timezone.now())
    return len(confirmed)


def mark_published() -> int:
    """Without a broker, an event with a position is in the feed: that is all the publishing there is."""
    return OutboxEvent.objects.filter(published_at=None, position__isnull=False).update(published_at=timezone.now())
