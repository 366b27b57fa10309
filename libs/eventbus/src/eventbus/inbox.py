"""Taking events in: the inbox row and the event's effect share one transaction."""

import enum
import logging
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from eventbus import backoff
from eventbus.models import InboxEvent
from eventbus.outage import database_away
from eventbus.registry import Retry, consumers
from jsonlog import context, trace

logger = logging.getLogger(__name__)

_INSERT = """
    INSERT INTO eventbus_inboxevent
        (event_id, type, producer, state, envelope, attempts, next_attempt_at, last_error, received_at)
    VALUES (%s, %s, %s, 'done', NULL, 0, NULL, '', %s)
    ON CONFLICT (event_id) DO NOTHING
"""


class Outcome(enum.Enum):
    """What became of a received event."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    PARKED = "parked"
    IGNORED = "ignored"


class MalformedEvent(ValueError):
    """An envelope without the fields that identify an event; it can be neither handled nor parked."""


def receive(envelope: dict[str, Any]) -> Outcome:
    """Handle one event exactly once.

    An event that fails is parked for a retry, so the caller may acknowledge it in every outcome. Raises a
    `django.db.Error` when the database is away (the caller must not acknowledge) and `MalformedEvent`.
    """
    _require_identity(envelope)
    if envelope["type"] not in consumers:
        return Outcome.IGNORED
    with context.bind(**_ids_of(envelope)):
        try:
            with transaction.atomic():
                if not _insert(envelope):
                    return Outcome.DUPLICATE
                _handle(envelope)
        except Exception as error:
            if database_away(error):
                raise
            _park(envelope, error)
            return Outcome.PARKED
        return Outcome.HANDLED


def retry_due() -> bool:
    """Try the parked event that is due longest again. Returns whether there was one."""
    with transaction.atomic():
        row = (
            InboxEvent.objects.select_for_update(skip_locked=True)
            .filter(state=InboxEvent.State.RETRY, next_attempt_at__lte=timezone.now())
            .order_by("next_attempt_at")
            .first()
        )
        if row is None:
            return False
        _try_again(row, row.envelope or {})
        row.save()
    return True


def revive(*, event_id: UUID | str | None = None, event_type: str = "") -> int:
    """Let dead events come again, all of them or those named; answer how many."""
    rows = InboxEvent.objects.filter(state=InboxEvent.State.DEAD)
    if event_id:
        rows = rows.filter(pk=event_id)
    if event_type:
        rows = rows.filter(type=event_type)
    return rows.update(state=InboxEvent.State.RETRY, attempts=0, next_attempt_at=timezone.now())


def _require_identity(envelope: object) -> None:
    """Raise MalformedEvent for what could not even be parked: it would come again for ever, and hold up all others."""
    identity = ("event_id", "type", "producer")
    if not isinstance(envelope, dict) or not all(isinstance(envelope.get(key), str) for key in identity):
        raise MalformedEvent("the envelope lacks event_id, type or producer")
    try:
        UUID(envelope["event_id"])
    except ValueError:
        raise MalformedEvent("the event_id is no UUID") from None


def _ids_of(envelope: dict[str, Any]) -> dict[str, Any]:
    """Who caused the event and in which trace: what is logged and published here belongs to the same."""
    return {
        "request_id": envelope.get("request_id"),
        "actor": envelope.get("actor"),
        "trace": trace.following(envelope.get("traceparent")),
    }


def _try_again(row: InboxEvent, envelope: dict[str, Any]) -> None:
    with context.bind(**_ids_of(envelope)):
        try:
            with transaction.atomic():
                _handle(envelope)
        except Exception as error:
            if database_away(error):
                raise
            _count_failure(row, error)
        else:
            row.state, row.envelope, row.next_attempt_at = InboxEvent.State.DONE, None, None


def _insert(envelope: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        event_id = InboxEvent._meta.pk.get_db_prep_value(envelope["event_id"], connection)
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(_INSERT, [event_id, envelope["type"], envelope["producer"], now])
        return bool(cursor.rowcount == 1)


def _handle(envelope: dict[str, Any]) -> None:
    for consumer in consumers[envelope["type"]]:
        consumer.handle(envelope)
    logger.info("event handled", extra={"event_id": envelope["event_id"], "event_type": envelope["type"]})


def _park(envelope: dict[str, Any], error: Exception) -> None:
    row = InboxEvent(
        event_id=envelope["event_id"],
        type=envelope["type"],
        producer=envelope["producer"],
        state=InboxEvent.State.RETRY,
        envelope=envelope,
    )
    _count_failure(row, error)
    with transaction.atomic():
        InboxEvent.objects.bulk_create([row], ignore_conflicts=True)


def _is_over(row: InboxEvent, error: Exception) -> bool:
    """Whether no further try is made. What only waits for another event waits as long as a producer may be away."""
    if row.attempts < backoff.MAX_ATTEMPTS:
        return False
    return not isinstance(error, Retry) or row.received_at < timezone.now() - backoff.PATIENCE


def _count_failure(row: InboxEvent, error: Exception) -> None:
    row.attempts += 1
    row.last_error = f"{type(error).__name__}: {error}"[:1000]
    extra = {"event_id": str(row.event_id), "event_type": row.type, "attempts": row.attempts}
    if _is_over(row, error):
        row.state, row.next_attempt_at = InboxEvent.State.DEAD, None
        logger.error("event is dead: see manage.py dead_letters", exc_info=error, extra=extra)
        return
    row.next_attempt_at = backoff.next_attempt(row.attempts)
    if isinstance(error, Retry):
        logger.info("event waits: %s", error, extra=extra)
    else:
        logger.warning("event failed; it will be tried again", exc_info=error, extra=extra)
