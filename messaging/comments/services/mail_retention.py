"""What came in by e-mail long ago is forgotten: who wrote, about what, and what became of it. The comment stays."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from comments.models import InboundMail, MailReading

BATCH = 1000


def mails_forget() -> int:
    """Delete mails older than MAIL_IN_KEEP_DAYS, a bounded number at a time; answer how many.

    One that still waits to become a ticket stays, however old it is.
    """
    horizon = timezone.now() - timedelta(days=settings.MAIL_IN.keep_days)
    MailReading.objects.filter(at__lt=horizon).delete()
    # By key, which grows with time: the oldest are found without reading the whole table.
    oldest = InboundMail.objects.order_by("pk").values_list("pk", "received_at", "next_attempt_at")[:BATCH]
    keys = [key for key, received_at, waits in oldest if received_at < horizon and waits is None]
    InboundMail.objects.filter(pk__in=keys).delete()
    return len(keys)
