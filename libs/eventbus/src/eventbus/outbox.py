"""Publishing: an event is a row of the transaction that caused it, and nothing else."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from eventbus import conf
from jsonlog import context
from servicekit.ids import uuid7
from servicekit.time import rfc3339

if TYPE_CHECKING:
    from eventbus.models import OutboxEvent


class PublishOutsideTransaction(RuntimeError):
    """An event published outside `transaction.atomic()` could be lost, or tell of what never happened."""


def publish(
    event_type: str,
    *,
    aggregate_id: UUID,
    version: int,
    data: Mapping[str, Any],
    change: Mapping[str, Any] | None = None,
    resync: bool = False,
) -> "OutboxEvent":
    """Store an event in the outbox of the running transaction.

    `data` is the aggregate's whole public state, `change` what happened to it, `version` the aggregate's version after
    the change. UUIDs, times, dates and decimals are rendered in the contract's form. The request id, the trace and the
    actor come from `jsonlog.context`. Raises `PublishOutsideTransaction`.
    """
    event = draft(event_type, aggregate_id=aggregate_id, version=version, data=data, change=change, resync=resync)
    event.save(force_insert=True)
    return event


def publish_all(events: "Sequence[OutboxEvent]") -> None:
    """Store what `draft` has made, in one query and this order, in the transaction in which it was made."""
    from eventbus.models import OutboxEvent  # models load after this package

    _in_transaction("what is drafted")
    OutboxEvent.objects.bulk_create(events)


def draft(
    event_type: str,
    *,
    aggregate_id: UUID,
    version: int,
    data: Mapping[str, Any],
    change: Mapping[str, Any] | None = None,
    resync: bool = False,
) -> "OutboxEvent":
    """Make the event that `publish` would store, as things are now, for `publish_all`."""
    from eventbus.models import OutboxEvent  # models load after this package

    _in_transaction(event_type)
    event_id = uuid7()
    envelope = {
        "event_id": str(event_id),
        "type": event_type,
        "version": version,
        "aggregate_id": str(aggregate_id),
        "occurred_at": rfc3339(timezone.now()),
        "producer": conf.service(),
        "request_id": context.request_id(),
        "actor": context.actor(),
        "resync": resync,
        "data": _plain(data),
        "change": _plain(change or {}),
    }
    traceparent = context.traceparent()
    if traceparent:
        envelope["traceparent"] = traceparent
    validate = conf.validator()
    if validate:
        validate(envelope)
    return OutboxEvent(event_id=event_id, type=event_type, envelope=envelope)


def _in_transaction(what: str) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise PublishOutsideTransaction(f"{what} must be published inside transaction.atomic()")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
