"""What is sent no more when its turn comes: read meanwhile, for an address that is no good or who may not see it."""

from jwtauth import people
from notifications.models import Channel, Decision, Delivery, Notice, Suppression, TicketProjection
from notifications.rules import BY_KEY
from notifications.services.decide import roles_of, verdict

READ, SUPPRESSED = "read", "suppressed"


def is_read(delivery: Delivery, notice: Notice | None) -> bool:
    """Whether the receiver has read the notice since its message was written down, or asked for again."""
    return notice is not None and notice.read_at is not None and notice.read_at >= delivery.created_at


def reason_to_cancel(delivery: Delivery) -> str:
    """Return why the message is not sent any more, `read`, `suppressed` or a verdict; empty where it is.

    Between the event and the sending lie hours, while a mail server is away, in which its receiver may have left or
    lost the ticket. One who has another address by now gets it there.

    What a rule fixes for e-mail comes although it was read: somebody has to have it in writing. Webhooks and rooms are
    nobody's inbox.
    """
    if delivery.channel != Channel.EMAIL:
        return ""
    if why_not := _refused(delivery):
        return why_not
    if Suppression.objects.filter(address=delivery.to_address.lower()).exists():
        return SUPPRESSED
    rule = BY_KEY.get(delivery.kind)
    if rule is not None and Channel.EMAIL in rule.fixed:
        return ""
    notices = [item.notice for item in delivery.items.all()] or [delivery.notice]
    return READ if all(is_read(delivery, notice) for notice in notices) else ""


def _refused(delivery: Delivery) -> str:
    """Return the verdict on the receiver, as they are now, unless it is `told`; and bring the address up to date."""
    person = people.by_ids([delivery.user_id]).get(delivery.user_id) if delivery.user_id else None
    ticket = TicketProjection.objects.filter(pk=delivery.ticket_id).first()
    rule = BY_KEY.get(delivery.kind)
    if person is None or ticket is None or rule is None:  # an example that an admin asked for
        return ""
    delivery.to_address = person.email
    found = verdict(person, roles_of([person])[person.pk], ticket, rule)
    return "" if found == Decision.Verdict.TOLD else found.value
