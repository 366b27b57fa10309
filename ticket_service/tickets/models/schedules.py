"""Tickets that are filed again and again."""

from django.db import models
from django.utils import timezone

from servicekit.ids import uuid7
from tickets.models.presets import TicketTemplate
from tickets.models.ticket import Ticket


class TicketSchedule(models.Model):
    """When a template becomes a ticket, and whose. `version` counts what people change, not what the worker notes.

    `next_at` is the earliest occurrence that is not dealt with, null when none is left; `attempt_at` is when that is
    tried, later than due after a failure.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    template = models.ForeignKey(TicketTemplate, on_delete=models.PROTECT, related_name="schedules")
    requester_id = models.UUIDField()
    rule = models.CharField(max_length=200, help_text="as tickets.recurrence.checked_rule makes it")
    starts_on = models.DateField()
    time = models.TimeField(help_text="of the wall clock, in whole minutes")
    time_zone = models.CharField(max_length=64)
    ends_on = models.DateField(null=True, help_text="the last day")
    is_active = models.BooleanField(default=True)
    next_at = models.DateTimeField(null=True)
    attempt_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
    failed_at = models.DateTimeField(null=True)
    failure_code = models.CharField(max_length=64, blank=True, default="")
    failure = models.CharField(max_length=500, blank=True, default="", help_text="why the last attempt failed")
    created_by = models.UUIDField()
    version = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["attempt_at"], condition=models.Q(is_active=True), name="schedule_awaits_filing"),
        ]

    def __str__(self) -> str:
        return self.name


class ScheduledTicket(models.Model):
    """A ticket that a schedule filed, and for which of its occurrences; none is filed twice."""

    id = models.BigAutoField(primary_key=True)
    schedule = models.ForeignKey(TicketSchedule, on_delete=models.CASCADE, related_name="filed", db_index=False)
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="+")
    occurrence_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["schedule", "-id"], name="scheduledticket_schedule")]
        constraints = [models.UniqueConstraint(fields=["schedule", "occurrence_at"], name="scheduledticket_once")]

    def __str__(self) -> str:
        return f"{self.schedule_id} at {self.occurrence_at:%Y-%m-%d %H:%M}"
