"""What waited for the end of quiet hours or of a digest's window."""

from django.db import transaction
from django.utils import timezone

from jwtauth import people
from notifications.models import Channel, Decision, Delivery, TicketProjection
from notifications.rules import BY_KEY
from notifications.services.decide import roles_of, verdict
from notifications.services.delivery import deliveries_enqueue
from notifications.services.template import template_render, template_words
from notifications.services.withdraw import READ, is_read

AT_ONCE = 500
CHANGED = ["state", "last_error", "to_address", "text", "html"]


def deliveries_release() -> int:
    """Enqueue what is due now, and answer how many rows were due.

    What its receiver may no longer be told, or has read in the inbox meanwhile, is cancelled instead.
    """
    with transaction.atomic():
        due = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=Delivery.State.HELD, held_until__lte=timezone.now())
            .select_related("notice")
            .prefetch_related("items__notice")
            .order_by("held_until")[:AT_ONCE]
        )
        refused = _refused(due)
        for delivery in due:
            delivery.last_error = refused.get(delivery, "") or (READ if _is_read(delivery) else "")
            delivery.state = Delivery.State.CANCELLED if delivery.last_error else Delivery.State.PENDING
            if not delivery.last_error:
                _gather(delivery)
        Delivery.objects.bulk_update(due, CHANGED)
        deliveries_enqueue([delivery for delivery in due if delivery.state == Delivery.State.PENDING])
        return len(due)


def _refused(due: list[Delivery]) -> dict[Delivery, str]:
    """Judge again whether each receiver may be told, and bring the addresses up to date."""
    persons = people.by_ids(row.user_id for row in due if row.user_id)
    roles = roles_of(persons.values())
    tickets = TicketProjection.objects.in_bulk([row.ticket_id for row in due])
    refused = {}
    for row in due:
        if row.user_id is None:  # an endpoint's: nobody's quiet hours
            continue
        person = persons[row.user_id]
        found = verdict(person, roles[person.pk], tickets[row.ticket_id], BY_KEY[row.kind])
        if found != Decision.Verdict.TOLD:
            refused[row] = found.value
        row.to_address = person.email
    return refused


def _is_read(delivery: Delivery) -> bool:
    notices = [item.notice for item in delivery.items.all()] or [delivery.notice]
    return all(is_read(delivery, notice) for notice in notices)


def _gather(delivery: Delivery) -> None:
    """Put what is still news into one message; a single thing keeps its own words."""
    items = list(delivery.items.all())
    if len(items) < 2:
        return
    news = [item for item in items if not is_read(delivery, item.notice)]
    rendered = template_render(
        words=template_words(key="digest", channel=Channel.EMAIL),
        values={"ticket_number": delivery.ticket_number, "items": news, "count": len(news)},
    )
    delivery.text, delivery.html = rendered.text, rendered.html
