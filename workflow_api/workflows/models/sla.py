"""What was promised on a task: one row for each clock; and the messages that response clocks are derived from."""

from django.db import models
from django.db.models import Q

from servicekit.ids import uuid7
from workflows.models.task import Task
from workflows.models.ticket import TicketProjection


class Message(models.Model):
    """A public comment on a ticket, as far as response times need it. Its id is the comment's."""

    id = models.UUIDField(primary_key=True, editable=False)
    ticket = models.ForeignKey(TicketProjection, on_delete=models.CASCADE, related_name="messages")
    by_staff = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["ticket", "at"], name="message_ticket_at")]

    def __str__(self) -> str:
        return f"{'staff' if self.by_staff else 'requester'} at {self.at}"


class SlaClock(models.Model):
    """One promise. `due_at` and `warn_at` are empty while the clock stands still."""

    class Kind(models.TextChoices):
        FIRST_RESPONSE = "first_response"
        NEXT_RESPONSE = "next_response"
        RESOLUTION = "resolution"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    started_at = models.DateTimeField()
    target_minutes = models.PositiveIntegerField()
    due_at = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "kind", "started_at"], name="sla_clock_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ended_at=None, breached_at=None), name="sla_clock_due"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="sla_clock_ended"),
            models.Index(fields=["warn_at"], condition=Q(ended_at=None, warned_at=None), name="sla_clock_warn"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at}"
