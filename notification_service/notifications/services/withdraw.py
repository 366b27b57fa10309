"""What is no news any more when its turn comes: read in the inbox meanwhile, or for an address that is no good."""

from notifications.models import Channel, Delivery, Notice, Suppression
from notifications.rules import BY_KEY

READ, SUPPRESSED = "read", "suppressed"


def is_read(delivery: Delivery, notice: Notice | None) -> bool:
    """Whether the receiver has read the notice since its message was written down, or asked for again."""
    return notice is not None and notice.read_at is not None and notice.read_at >= delivery.created_at


def reason_to_cancel(delivery: Delivery) -> str:
    """Return why the message is not sent any more, `read` or `suppressed`; empty where it is.

    What a rule fixes for e-mail comes although it was read: somebody has to have it in writing. Webhooks and rooms are
    nobody's inbox.
    """
    if delivery.channel != Channel.EMAIL:
        return ""
    if Suppression.objects.filter(address=delivery.to_address.lower()).exists():
        return SUPPRESSED
    rule = BY_KEY.get(delivery.kind)
    if rule is not None and Channel.EMAIL in rule.fixed:
        return ""
    notices = [item.notice for item in delivery.items.all()] or [delivery.notice]
    return READ if all(is_read(delivery, notice) for notice in notices) else ""
