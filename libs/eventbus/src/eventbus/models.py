"""The four tables that make delivery safe: outbox, inbox, feed cursors, jobs."""

from django.db import models
from django.db.models import Q

from servicekit.ids import uuid7


class OutboxEvent(models.Model):
    """An event that left with the transaction that caused it.

    `position` is given by the relay after the commit, in the order in which transactions became visible, so that a
    reader who has seen position N never misses one below it.
    """

    event_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    type = models.CharField(max_length=100)
    envelope = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    position = models.BigIntegerField(null=True, unique=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(position=None), name="eventbus_outbox_unpositioned"),
            models.Index(fields=["position"], condition=Q(published_at=None), name="eventbus_outbox_unpublished"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class InboxEvent(models.Model):
    """An event that this service has taken in. The row and the event's effect are one transaction.

    The envelope is kept only while it is still needed: waiting for a retry, or dead.
    """

    class State(models.TextChoices):
        DONE = "done"
        RETRY = "retry"
        DEAD = "dead"

    event_id = models.UUIDField(primary_key=True)
    type = models.CharField(max_length=100)
    producer = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DONE)
    envelope = models.JSONField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="retry"), name="eventbus_inbox_due"),
            models.Index(fields=["received_at"], condition=Q(state="dead"), name="eventbus_inbox_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id} ({self.state})"


class FeedCursor(models.Model):
    """How far this service has read one producer's feed."""

    producer = models.CharField(max_length=100, primary_key=True)
    position = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.producer}@{self.position}"


class Job(models.Model):
    """Work that happens after a transaction, at least once. The row is the truth; a Celery message only a nudge."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=100)
    payload = models.JSONField()
    key = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001 - NULL, for unlike "" it may repeat
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    nudged_at = models.DateTimeField(null=True)
    request_id = models.CharField(max_length=128, default="")
    last_error = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="pending"), name="eventbus_job_due"),
            models.Index(fields=["kind", "created_at"], condition=Q(state="failed"), name="eventbus_job_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.state})"
