"""Reading inboxes and deliveries."""

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from jwtauth.models import Person
from jwtauth.principal import Principal
from notifications.errors import DeliveryNotFound, EndpointNotFound
from notifications.models import (
    Channel,
    Delivery,
    EarlierTemplate,
    Endpoint,
    InboxPosition,
    Notice,
    Preference,
    QuietHours,
)
from notifications.rules import BY_KEY, Rule

Row = TypeVar("Row", bound=Model)


class Folder(StrEnum):
    """Where a notice is: in sight, put off until a time that is still to come, or put away."""

    INBOX = "inbox"
    SNOOZED = "snoozed"
    ARCHIVED = "archived"
    ALL = "all"


def inbox_list(
    *, principal: Principal, folder: str = Folder.INBOX, unread: bool = False, ticket: str = ""
) -> QuerySet[Notice]:
    """Return the principal's own notices in that folder, newest first; `ticket` is an id or a number.

    Notices for staff stay hidden from someone who is staff no longer.
    """
    notices = Notice.objects.filter(user_id=principal.id).order_by("-pk")
    if not principal.is_staff:
        notices = notices.filter(staff_only=False)
    asleep = Q(snoozed_until__gt=timezone.now())
    if folder == Folder.ARCHIVED:
        notices = notices.filter(archived_at__isnull=False)
    elif folder != Folder.ALL:
        notices = notices.filter(asleep if folder == Folder.SNOOZED else ~asleep, archived_at=None)
    if unread:
        notices = notices.filter(read_at=None)
    return _of_ticket(notices, ticket, "ticket_id", "ticket_number")


def inbox_position(*, principal: Principal) -> int:
    """Return the number of the last change of the principal's inbox."""
    return InboxPosition.objects.filter(pk=principal.id).values_list("last_seq", flat=True).first() or 0


def inbox_unread(*, principal: Principal) -> tuple[int, datetime | None]:
    """Return how many notices the principal has not read, and when the next that was put off will be one more."""
    unread = inbox_list(principal=principal, unread=True).count()
    asleep = inbox_list(principal=principal, folder=Folder.SNOOZED, unread=True)
    return unread, asleep.order_by("snoozed_until").values_list("snoozed_until", flat=True).first()


def inbox_changes(*, principal: Principal, after: int, within: tuple[int, UUID] | None, limit: int) -> list[Notice]:
    """Return notices as they are now, in the order of their last changes, from number `after` on.

    `within` is the last that is known of a number with several notices: its others come first.
    """
    notices = inbox_list(principal=principal, folder=Folder.ALL).order_by("seq", "pk")
    later = Q(seq__gt=after)
    if within:
        later = Q(seq__gt=within[0]) | Q(seq=within[0], pk__gt=within[1])
    return list(notices.filter(later)[:limit])


def delivery_get(*, delivery_id: UUID) -> Delivery:
    """Return one delivery with its attempts. Raises DeliveryNotFound."""
    found = Delivery.objects.prefetch_related("log").filter(pk=delivery_id).first()
    if found is None:
        raise DeliveryNotFound
    return found


def endpoint_get(*, endpoint_id: UUID) -> Endpoint:
    """Return one endpoint. Raises EndpointNotFound."""
    found = Endpoint.objects.filter(pk=endpoint_id).first()
    if found is None:
        raise EndpointNotFound
    return found


def delivery_list(
    *, state: str = "", ticket: str = "", channel: str = "", endpoint: UUID | None = None
) -> QuerySet[Delivery]:
    """Return all deliveries, newest first; `ticket` is an id or a number."""
    deliveries = Delivery.objects.defer("text", "html").order_by("-pk")
    chosen = {"state": state, "channel": channel, "endpoint": endpoint}
    deliveries = deliveries.filter(**{name: value for name, value in chosen.items() if value})
    return _of_ticket(deliveries, ticket, "ticket_id", "ticket_number")


def kind_rules(*, principal: Principal) -> dict[str, Rule]:
    """Return the rules by which this person may be told, by their kind: those for staff only to staff."""
    return {key: rule for key, rule in BY_KEY.items() if principal.is_staff or not rule.staff_only}


def preferences_of(*, principal: Principal) -> dict[str, Any]:
    """Return the whole matrix kind x channel with what holds now, the quiet hours, and the time zone they are in."""
    chosen = {(row.kind, row.channel): row for row in Preference.objects.filter(user_id=principal.id)}
    hours = QuietHours.objects.filter(user_id=principal.id).first()
    person = Person.objects.filter(pk=principal.id).first()
    return {
        "time_zone": person.time_zone if person else "UTC",
        "quiet_hours": {"start": hours.start, "end": hours.end} if hours else None,
        "preferences": [
            _preference(kind, channel, channel in rule.fixed, chosen.get((kind, channel)))
            for kind, rule in kind_rules(principal=principal).items()
            for channel in rule.channels
        ],
    }


def _preference(kind: str, channel: Channel, fixed: bool, chosen: Preference | None) -> dict[str, Any]:
    return {
        "kind": kind,
        "channel": channel.value,
        "fixed": fixed,
        "on": fixed or chosen is None or chosen.is_on,
        "digest_minutes": 0 if fixed or chosen is None else chosen.digest_minutes,
    }


def earlier_templates(*, key: str, channel: str) -> QuerySet[EarlierTemplate]:
    """Return the earlier words of a template, newest first."""
    return EarlierTemplate.objects.filter(template__key=key, template__channel=channel).order_by("-version")


def _of_ticket(rows: QuerySet[Row], ticket: str, id_field: str, number_field: str) -> QuerySet[Row]:
    if not ticket:
        return rows
    try:
        return rows.filter(**{id_field: UUID(ticket)})
    except ValueError:
        return rows.filter(**{number_field: ticket})
