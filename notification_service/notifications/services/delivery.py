"""Messages: written down with their notice, sent by a job of their channel's own lane."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eventbus.jobs import PermanentJobError, RetryableJobError, enqueue_many, revive
from notifications.channels import DeliveryFailure, OutcomeUnknown, PermanentFailure, chat, email, provider, webhook
from notifications.errors import DeliveryNotFound, DeliveryUnderway, SuppressionNotFound
from notifications.models import Attempt, Channel, Delivery, DigestItem, Notice, Suppression, TicketProjection
from notifications.services.decide import Choice
from notifications.services.template import Rendered
from notifications.services.withdraw import reason_to_cancel
from servicekit.ids import uuid7

# Longer than a job waits between two of its tries: a delivery that is pending and idle for this long has no job left.
IDLE = timedelta(minutes=20)
# Common practice of mail servers (RFC 5321, 4.5.4.1: "generally needs to be at least 4-5 days").
GIVE_UP = timedelta(days=5)
# A message of which nobody knows whether the server took it is sent once more, not again and again.
MAX_UNKNOWN_OUTCOMES = 2
BATCH = 1000
SENDERS: dict[str, Callable[[Delivery], str]] = {
    Channel.EMAIL: email.send,
    Channel.WEBHOOK: webhook.send,
    Channel.CHAT: chat.send,
}


@dataclass(frozen=True)
class Letter:
    """One message that somebody is to get: `words` if it goes alone, `title` and `body` if it goes within a digest."""

    user_id: UUID
    to_address: str
    words: Rendered
    title: str
    body: str
    notice: Notice | None
    choice: Choice


def deliveries_create(*, event_id: UUID, kind: str, ticket: TicketProjection, letters: list[Letter]) -> None:
    """Write the messages down and enqueue those that wait for nothing, all in the running transaction."""
    digest_key = f"{kind}:{ticket.pk}"
    gathered = [letter.user_id for letter in letters if letter.choice.digest]
    held = Delivery.objects.filter(user_id__in=gathered, digest_key=digest_key, state=Delivery.State.HELD)
    # Locked: a window that is just being closed takes nothing more.
    open_digests = {row.user_id: row for row in held.select_for_update()} if gathered else {}
    deliveries, items = [], []
    for letter in letters:
        delivery = open_digests.get(letter.user_id) if letter.choice.digest else None
        if delivery is None:
            delivery = _delivery(letter, event_id, kind, ticket, digest_key)
            deliveries.append(delivery)
        if letter.choice.digest:
            items.append(
                DigestItem(
                    delivery=delivery, notice=letter.notice, event_id=event_id, title=letter.title, body=letter.body
                )
            )
    Delivery.objects.bulk_create(deliveries, batch_size=BATCH)
    DigestItem.objects.bulk_create(items, batch_size=BATCH)
    deliveries_enqueue([delivery for delivery in deliveries if delivery.state == Delivery.State.PENDING])


def _delivery(letter: Letter, event_id: UUID, kind: str, ticket: TicketProjection, digest_key: str) -> Delivery:
    delivery_id = uuid7()
    token = email.reply_token(kind=kind, ticket_id=ticket.pk, user_id=letter.user_id)
    return Delivery(
        id=delivery_id,
        channel=letter.choice.channel,
        notice=letter.notice,
        event_id=event_id,
        user_id=letter.user_id,
        kind=kind,
        ticket_id=ticket.pk,
        ticket_number=ticket.number,
        to_address=letter.to_address,
        subject=letter.words.subject,
        text=letter.words.text,
        html=letter.words.html,
        message_id=email.message_id(delivery_id, reply_token=token),
        digest_key=digest_key if letter.choice.digest else "",
        held_until=letter.choice.until,
        state=Delivery.State.HELD if letter.choice.until else Delivery.State.PENDING,
    )


def delivery_send(*, delivery_id: UUID) -> None:
    """Try to send the message once, unless it is sent, failed, no news any more, or being sent by somebody else.

    Raises eventbus.jobs.RetryableJobError or PermanentJobError, after noting the failure on the delivery.
    """
    with transaction.atomic():
        # The lock is held while the server answers: a second worker on the same job must not send it too.
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(pk=delivery_id, state=Delivery.State.PENDING)
            .first()
        )
        if delivery is None:
            _refuse_if_busy(delivery_id)
            return
        if why_not := reason_to_cancel(delivery):
            delivery.state, delivery.last_error = Delivery.State.CANCELLED, why_not
            delivery.save(update_fields=["state", "last_error"])
            return
        failure = _attempt(delivery)
    # An unknown outcome has its second try from `deliveries_resume`, when the server has had time to come to itself.
    if isinstance(failure, PermanentFailure | OutcomeUnknown):
        raise PermanentJobError(failure.code) from failure
    if failure is not None:
        raise RetryableJobError(failure.code) from failure


def delivery_bounced(*, message_id: str, recipient: str, status: str) -> bool:
    """Write no more to an address whose server returned a message of ours for good; whether it was one of ours.

    A report can be forged: it has to name a Message-ID that only its recipient was sent, and be about that address.
    """
    return _undeliverable(Q(message_id=message_id), recipient, f"bounced_{status}")


def delivery_reported(*, report: provider.Report) -> bool:
    """Write no more to an address of which the provider says so; whether it was about a message of ours."""
    return _undeliverable(Q(pk=report.delivery_id), report.recipient, report.because)


def _undeliverable(which: Q, recipient: str, answer: str) -> bool:
    delivery = Delivery.objects.filter(which, to_address__iexact=recipient).first()
    if delivery is None:
        return False
    Suppression.objects.get_or_create(address=recipient.lower(), defaults={"reason": answer})
    Delivery.objects.filter(pk=delivery.pk).update(last_error=answer)
    return True


def suppression_lift(*, suppression_id: UUID) -> None:
    """Let mail go to the address again. Raises SuppressionNotFound."""
    if not Suppression.objects.filter(pk=suppression_id).delete()[0]:
        raise SuppressionNotFound


@transaction.atomic
def delivery_resend(*, delivery_id: UUID) -> Delivery:
    """Send again what was sent, failed or was cancelled, with the same words and the same id.

    Raises DeliveryNotFound, and DeliveryUnderway for what is still going to be sent.
    """
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise DeliveryNotFound
    if delivery.state in (Delivery.State.HELD, Delivery.State.PENDING):
        raise DeliveryUnderway
    # As young as new: the days after which it is given up are counted from now.
    delivery.state, delivery.last_error, delivery.created_at = Delivery.State.PENDING, "", timezone.now()
    delivery.unknown_outcomes = 0
    delivery.save(update_fields=["state", "last_error", "created_at", "unknown_outcomes"])
    deliveries_enqueue([delivery])
    return delivery


def deliveries_resume() -> int:
    """Give a new job to each pending message that has none left (a server away for long); answer how many.

    After GIVE_UP a pending message is failed instead.
    """
    now = timezone.now()
    with transaction.atomic():
        pending = Delivery.objects.filter(state=Delivery.State.PENDING)
        pending.filter(created_at__lt=now - GIVE_UP).update(state=Delivery.State.FAILED, last_error="gave_up")
        idle = Q(attempted_at__lt=now - IDLE) | Q(attempted_at=None, created_at__lt=now - IDLE)
        resumed = list(pending.filter(idle).order_by("pk")[:500])
        deliveries_enqueue(resumed)
        # What no sender expected left no attempt behind, and so no new key for a second job.
        revive(keys=(_job_key(row) for row in resumed))
        return len(resumed)


def deliveries_enqueue(deliveries: list[Delivery]) -> None:
    """Give each message a job: one per number of attempts since it was asked for, so that resuming twice is once."""
    for channel in {row.channel for row in deliveries}:
        enqueue_many(
            f"send_{channel}",
            {_job_key(row): {"delivery_id": str(row.pk)} for row in deliveries if row.channel == channel},
        )


def _job_key(row: Delivery) -> str:
    return f"delivery:{row.pk}:{row.created_at.timestamp()}:{row.attempts}"


def _refuse_if_busy(delivery_id: UUID) -> None:
    # Pending but locked: the other sender may fail yet, so this job must not count as done.
    if Delivery.objects.filter(pk=delivery_id, state=Delivery.State.PENDING).exists():
        raise RetryableJobError("another worker is sending this")


def _attempt(delivery: Delivery) -> DeliveryFailure | None:
    delivery.attempts += 1
    delivery.attempted_at = timezone.now()
    failure: DeliveryFailure | None = None
    started = time.monotonic()
    try:
        answer = SENDERS[delivery.channel](delivery)
    except DeliveryFailure as error:
        failure, answer, delivery.last_error = error, error.code, error.code
        delivery.unknown_outcomes += isinstance(error, OutcomeUnknown)
        over = isinstance(error, PermanentFailure) or delivery.unknown_outcomes >= MAX_UNKNOWN_OUTCOMES
        outcome = Attempt.Outcome.FAILED if over else Attempt.Outcome.RETRY
        if over:
            delivery.state = Delivery.State.FAILED
    else:
        outcome = Attempt.Outcome.SENT
        delivery.state = Delivery.State.SENT
        delivery.sent_at = timezone.now()
        delivery.last_error = ""
    if isinstance(failure, PermanentFailure) and failure.bounced:
        Suppression.objects.get_or_create(address=delivery.to_address.lower(), defaults={"reason": answer})
    delivery.save(
        update_fields=["to_address", "attempts", "attempted_at", "state", "sent_at", "last_error", "unknown_outcomes"]
    )
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        outcome=outcome,
        answer=answer,
        milliseconds=int((time.monotonic() - started) * 1000),
    )
    return failure
