"""Running work: the task of a ticket, the turns of people at its steps, and what happened to it."""

from dataclasses import dataclass, field
from typing import Any, Self

from django.db import models
from django.utils.functional import cached_property

from eventbus.models import OutboxEvent
from servicekit.ids import uuid7
from workflows.models.definition import Step, WorkflowVersion
from workflows.models.ticket import TicketProjection

OPEN_STATUSES = ("unrouted", "queued", "assigned", "in_progress", "on_hold", "in_approval")


class Task(models.Model):
    """The work on one ticket. `version` grows by one with every event that is published about it."""

    class Status(models.TextChoices):
        UNROUTED = "unrouted"
        QUEUED = "queued"
        ASSIGNED = "assigned"
        IN_PROGRESS = "in_progress"
        ON_HOLD = "on_hold"
        IN_APPROVAL = "in_approval"
        COMPLETED = "completed"
        CANCELLED = "cancelled"

    class Unrouted(models.TextChoices):
        NO_WORKFLOW = "no_workflow"
        NO_ASSIGNEE = "no_assignee"

    OPEN = (
        Status.UNROUTED,
        Status.QUEUED,
        Status.ASSIGNED,
        Status.IN_PROGRESS,
        Status.ON_HOLD,
        Status.IN_APPROVAL,
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey(TicketProjection, on_delete=models.PROTECT, related_name="tasks")
    run = models.PositiveIntegerField(default=1, help_text="A reopened ticket gets a task of its own.")
    workflow_version = models.ForeignKey(WorkflowVersion, on_delete=models.PROTECT, null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    current_step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assignee_id = models.UUIDField(null=True, blank=True)
    owner_id = models.UUIDField(null=True, blank=True, help_text="Who was given it first; stays when it moves on.")
    step_roles = models.JSONField(default=list, help_text="Roles that own the current or a past step.")
    assignee_ids = models.JSONField(default=list, help_text="Everyone who was ever assigned.")
    approval_round = models.PositiveIntegerField(default=0, db_default=0, help_text="Rounds of approval so far.")
    approvals_needed = models.PositiveIntegerField(default=0, db_default=0, help_text="In the present round.")
    resolution = models.TextField(blank=True)
    unrouted_reason = models.CharField(max_length=16, choices=Unrouted.choices, blank=True)
    unrouted_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_status = models.CharField(max_length=16, blank=True, help_text="The status that a resumption returns to.")
    hold_reason = models.TextField(blank=True)
    cancel_reason = models.TextField(blank=True)
    step_entered_at = models.DateTimeField(null=True, blank=True, help_text="First, whatever back-edges came after.")
    step_due_at = models.DateTimeField(null=True, blank=True)
    resolution_due_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True, help_text="The first public reply of staff.")
    escalated_at = models.DateTimeField(null=True, blank=True, help_text="Of the last escalation by a breach.")
    calendar_version = models.PositiveBigIntegerField(default=0, help_text="That the deadlines were worked out with.")
    ticket_version = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="The same of the ticket, whose priority they follow."
    )
    request_id = models.CharField(max_length=128, blank=True, help_text="Of the request that brought the ticket.")
    version = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "run"], name="task_once_per_ticket_and_run")]
        indexes = [
            models.Index(fields=["assignee_id", "-id"], name="task_assignee"),
            models.Index(fields=["current_step", "-id"], name="task_step"),
            # Few tasks of many are open: these stay small. Conditions list what Task.OPEN does.
            models.Index(fields=["-id"], condition=models.Q(status__in=OPEN_STATUSES), name="task_open"),
            models.Index(
                fields=["current_step", "-id"], condition=models.Q(status__in=OPEN_STATUSES), name="task_open_step"
            ),
            models.Index(
                fields=["owner_id", "-id"], condition=models.Q(status__in=OPEN_STATUSES), name="task_open_owner"
            ),
            models.Index(
                fields=["completed_at"], condition=models.Q(completed_at__isnull=False), name="task_completed"
            ),
            models.Index(fields=["unrouted_reason", "id"], condition=models.Q(status="unrouted"), name="task_unrouted"),
        ]

    # The roles and people of the row as it was read, who are in the index of readers; None: nothing is known of it.
    indexed_readers: frozenset[str] | None = None

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.run} {self.status}"

    @cached_property
    def unstored(self) -> "Unstored":
        """What is recorded of the changes under way, and stored with the last of them."""
        return Unstored()

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        task = super().from_db(*args, **kwargs)
        if {"step_roles", "assignee_ids"} <= vars(task).keys():
            task.indexed_readers = frozenset((*task.step_roles, *task.assignee_ids))
        return task

    def relate(self, seen: "Task") -> None:
        """Take over what belongs to a row that was read before without the lock, where it is the same still."""
        if self.ticket_version == seen.ticket_version:
            self.ticket = seen.ticket
        if self.workflow_version_id == seen.workflow_version_id:
            self.workflow_version = seen.workflow_version
        if self.current_step_id == seen.current_step_id:
            self.current_step = seen.current_step


@dataclass(slots=True)
class Unstored:
    """What a transaction has yet to store of a task's changes, in their order."""

    logs: list["TaskLog"] = field(default_factory=list)
    events: list[OutboxEvent] = field(default_factory=list)


class TaskItem(models.Model):
    """The turn of one person at one step; in a round of approval several people have one at once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="items")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+")
    assignee_id = models.UUIDField()
    substitute_for_id = models.UUIDField(null=True, blank=True, help_text="Whose turn it was, who is away.")
    approval_round = models.PositiveIntegerField(default=0, db_default=0, help_text="0: the turn of one person.")
    entered_at = models.DateTimeField(null=True, blank=True, help_text="When the task first came to this step.")
    assigned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True, help_text="The turn ended without being completed.")
    transition = models.CharField(max_length=64, blank=True)
    notes = models.TextField(blank=True)
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=models.Q(completed_at__isnull=True, released_at__isnull=True, approval_round=0),
                name="task_item_one_open_turn",
            ),
            models.UniqueConstraint(
                fields=["task", "assignee_id"],
                condition=models.Q(completed_at__isnull=True, released_at__isnull=True),
                name="task_item_one_open_each",
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee_id", "task"],
                condition=models.Q(completed_at__isnull=True, released_at__isnull=True),
                name="task_item_open_of",
            ),
            models.Index(
                fields=["completed_at"], condition=models.Q(completed_at__isnull=False), name="task_item_completed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignee_id} at {self.step_id}"


class TaskReader(models.Model):
    """Who may read a task, one row per role (`system:slug`) or person (id): the flat index that lists filter by."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="readers")
    reader = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "task"], name="task_reader_once")]

    def __str__(self) -> str:
        return self.reader


class TaskLog(models.Model):
    """What happened to a task, when, by whom, from which request. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="log")
    action = models.CharField(max_length=32)
    at = models.DateTimeField()
    actor = models.JSONField(null=True, blank=True, help_text="id, kind and name; null: the service by itself.")
    request_id = models.CharField(max_length=128, blank=True)
    task_version = models.PositiveBigIntegerField()
    change = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.action} at {self.at}"


class RoundRobin(models.Model):
    """Whose turn it was last, per role. The row is locked while the next person is picked."""

    role = models.CharField(max_length=64, primary_key=True)
    last_person_id = models.UUIDField(null=True, blank=True)

    def __str__(self) -> str:
        return self.role
