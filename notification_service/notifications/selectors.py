"""Reading inboxes and deliveries."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from jwtauth.principal import Principal
from notifications.models import Delivery, Notice

Row = TypeVar("Row", bound=Model)


def inbox_list(*, principal: Principal, unread: bool = False, ticket: str = "") -> QuerySet[Notice]:
    """Return the principal's own notices, newest first; `ticket` is an id or a number.

    Notices for staff stay hidden from someone who is staff no longer.
    """
    notices = Notice.objects.filter(user_id=principal.id).order_by("-pk")
    if not principal.is_staff:
        notices = notices.filter(staff_only=False)
    if unread:
        notices = notices.filter(read_at=None)
    return _of_ticket(notices, ticket, "ticket_id", "ticket_number")


def delivery_list(*, state: str = "", ticket: str = "") -> QuerySet[Delivery]:
    """Return all e-mail deliveries, newest first; `ticket` is an id or a number."""
    deliveries = Delivery.objects.select_related("notice").defer("text", "html").order_by("-pk")
    if state:
        deliveries = deliveries.filter(state=state)
    return _of_ticket(deliveries, ticket, "notice__ticket_id", "notice__ticket_number")


def _of_ticket(rows: QuerySet[Row], ticket: str, id_field: str, number_field: str) -> QuerySet[Row]:
    if not ticket:
        return rows
    try:
        return rows.filter(**{id_field: UUID(ticket)})
    except ValueError:
        return rows.filter(**{number_field: ticket})
