"""E-mails: written down with their notice, sent by a job."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eventbus.jobs import PermanentJobError, RetryableJobError, enqueue
from notifications.channels import DeliveryFailure, PermanentFailure, TemporaryFailure, email
from notifications.models import Delivery, Notice
from notifications.services.template import Rendered
from servicekit.ids import uuid7

# Longer than a job waits between two of its tries: a delivery that is pending and idle for this long has no job left.
IDLE = timedelta(minutes=20)
# Common practice of mail servers (RFC 5321, 4.5.4.1: "generally needs to be at least 4-5 days").
GIVE_UP = timedelta(days=5)


def delivery_create(*, notice: Notice, to_address: str, words: Rendered) -> Delivery:
    """Write the e-mail down and enqueue its sending, both in the running transaction."""
    delivery_id = uuid7()
    delivery = Delivery.objects.create(
        id=delivery_id,
        notice=notice,
        to_address=to_address,
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_id=email.message_id(delivery_id),
    )
    _enqueue(delivery)
    return delivery


def delivery_send(*, delivery_id: UUID) -> None:
    """Try to send the e-mail once, unless it is sent, failed, or being sent by somebody else.

    Raises eventbus.jobs.RetryableJobError or PermanentJobError, after noting the failure on the delivery.
    """
    with transaction.atomic():
        # The lock is held while the server answers: a second worker on the same job must not send it too.
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("notice")
            .filter(pk=delivery_id, state=Delivery.State.PENDING)
            .first()
        )
        if delivery is None:
            _refuse_if_busy(delivery_id)
            return
        failure = _attempt(delivery)
    if isinstance(failure, PermanentFailure):
        raise PermanentJobError(failure.code) from failure
    if failure is not None:
        raise RetryableJobError(failure.code) from failure


def deliveries_resume() -> int:
    """Give a new job to each pending e-mail that has none left (a mail server away for long); answer how many.

    After GIVE_UP a pending e-mail is failed instead.
    """
    now = timezone.now()
    with transaction.atomic():
        pending = Delivery.objects.filter(state=Delivery.State.PENDING)
        pending.filter(created_at__lt=now - GIVE_UP).update(state=Delivery.State.FAILED, last_error="gave_up")
        idle = Q(attempted_at__lt=now - IDLE) | Q(attempted_at=None, created_at__lt=now - IDLE)
        resumed = list(pending.filter(idle).order_by("pk")[:500])
        for delivery in resumed:
            _enqueue(delivery)
        return len(resumed)


def _enqueue(delivery: Delivery) -> None:
    # One job per number of attempts made: resuming twice enqueues once.
    enqueue("send_email", {"delivery_id": str(delivery.pk)}, key=f"delivery:{delivery.pk}:{delivery.attempts}")


def _refuse_if_busy(delivery_id: UUID) -> None:
    # Pending but locked: the other sender may fail yet, so this job must not count as done.
    if Delivery.objects.filter(pk=delivery_id, state=Delivery.State.PENDING).exists():
        raise RetryableJobError("another worker is sending this e-mail")


def _attempt(delivery: Delivery) -> DeliveryFailure | None:
    delivery.attempts += 1
    delivery.attempted_at = timezone.now()
    failure: DeliveryFailure | None = None
    try:
        email.send(delivery)
    except TemporaryFailure as error:
        failure, delivery.last_error = error, error.code
    except PermanentFailure as error:
        failure, delivery.last_error = error, error.code
        delivery.state = Delivery.State.FAILED
    else:
        delivery.state = Delivery.State.SENT
        delivery.sent_at = timezone.now()
        delivery.last_error = ""
    delivery.save(update_fields=["attempts", "attempted_at", "state", "sent_at", "last_error"])
    return failure
