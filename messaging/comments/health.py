"""What a readiness probe may ask of conversations."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from comments.models import MailboxFailure
from healthcheck import Result, check
from healthcheck.database import own_connection

LONG = timedelta(minutes=5)  # several looks of the worker


@check(name="mailbox", critical=False)
def mailbox() -> Result:
    """Warn when the worker has not got into the desk's mailbox for a while: what people write waits there unseen."""
    if not settings.MAIL_IN.url:
        return Result(status="pass")
    with own_connection():
        since = MailboxFailure.objects.values_list("since", flat=True).first()
    away = timezone.now() - since if since else timedelta()
    detail = {"failing_seconds": round(away.total_seconds())}
    return Result(status="warn" if away > LONG else "pass", code="unread" if away > LONG else "", detail=detail)
