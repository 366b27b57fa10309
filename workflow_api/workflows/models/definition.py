"""How work is done: a workflow, its versions, their steps and the transitions between them."""

from abc import abstractmethod
from typing import Any

from django.core.validators import RegexValidator
from django.db import models

from servicekit.ids import uuid7
from workflows.errors import DefinitionImmutable
from workflows.models.calendar import Calendar

PRIORITIES = ("Critical", "High", "Medium", "Low")
role_validator = RegexValidator(r"^[a-z]+:[a-z-]+$", "A role is written system:slug.")


class Workflow(models.Model):
    """What a workflow serves. A blank category, sub-category or department means: any."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=64, blank=True)
    sub_category = models.CharField(max_length=64, blank=True)
    department = models.CharField(max_length=120, blank=True)
    is_catch_all = models.BooleanField(default=False, help_text="Takes what no other workflow serves.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class WorkflowVersion(models.Model):
    """One state of a definition. Only a draft changes; tasks that run stay on the version that they began with."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        RETIRED = "retired"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    sla_minutes = models.JSONField(default=dict, help_text='Minutes to resolution by priority: {"Critical": 240, ...}')
    first_response_minutes = models.JSONField(default=dict, blank=True, help_text="The same; empty: no promise.")
    next_response_minutes = models.JSONField(default=dict, blank=True, help_text="The same; empty: no promise.")
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, null=True, blank=True, help_text="None: around the clock."
    )
    heading = models.JSONField(
        null=True, blank=True, help_text="What the workflow is called and serves once this version is published."
    )
    revision = models.PositiveBigIntegerField(default=1, db_default=1, help_text="Of a draft: for If-Match.")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["workflow", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["workflow", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["workflow"], condition=models.Q(status="published"), name="version_published_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workflow.key} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to change what a published version says; its status may move on.

        Raises: DefinitionImmutable.
        """
        if not self._state.adding:
            kept = WorkflowVersion.objects.filter(pk=self.pk).exclude(status=self.Status.DRAFT).first()
            if kept and kept.says != self.says:
                raise DefinitionImmutable
            if kept and self.status == self.Status.DRAFT:
                raise DefinitionImmutable
        super().save(*args, **kwargs)

    @property
    def says(self) -> tuple[Any, ...]:
        """What a published version must not change."""
        promises = (self.sla_minutes, self.first_response_minutes, self.next_response_minutes)
        return (self.number, self.calendar_id, self.heading, *promises)


class PartOfVersion(models.Model):
    """A row that belongs to a version and freezes with it."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_unless_draft()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_unless_draft()
        return super().delete(*args, **kwargs)

    @abstractmethod
    def owning_version(self) -> WorkflowVersion:
        """The version that this row is a part of."""

    def _refuse_unless_draft(self) -> None:
        if self.owning_version().status != WorkflowVersion.Status.DRAFT:
            raise DefinitionImmutable


APPROVE, REJECT = "approve", "reject"


class Step(PartOfVersion):
    """A step that people of one role do. `weight` is its share of the SLA.

    A task is done by one person; an approval is decided by those of the role, and leads on by its transition APPROVE
    or REJECT.
    """

    class Kind(models.TextChoices):
        TASK = "task"
        APPROVAL = "approval"

    class Rule(models.TextChoices):
        ANY = "any"
        ALL = "all"
        N_OF_M = "n_of_m"

    class Strategy(models.TextChoices):
        ROUND_ROBIN = "round_robin"
        LEAST_LOADED = "least_loaded"
        CLAIM = "claim"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(WorkflowVersion, on_delete=models.CASCADE, related_name="steps")
    key = models.SlugField(max_length=64)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=64, blank=True, validators=[role_validator])
    escalation_role = models.CharField(
        max_length=64, blank=True, validators=[role_validator], help_text="Who gets the step when its SLA is breached."
    )
    instructions = models.TextField(blank=True)
    strategy = models.CharField(
        max_length=16,
        choices=Strategy.choices,
        default=Strategy.ROUND_ROBIN,
        db_default=Strategy.ROUND_ROBIN,
        help_text="How a task's step finds its person.",
    )
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.TASK, db_default=Kind.TASK)
    approval_rule = models.CharField(max_length=16, choices=Rule.choices, blank=True, default="", db_default="")
    approvals_needed = models.PositiveIntegerField(default=0, db_default=0, help_text="The N of N-of-M.")
    weight = models.PositiveIntegerField(default=1)
    position = models.PositiveIntegerField(default=0)
    is_start = models.BooleanField(default=False)
    gives_resolution = models.BooleanField(
        default=False, help_text="The notes of this step become the ticket's resolution, which the requester reads."
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="step_key_once")]

    def __str__(self) -> str:
        return self.key

    def owning_version(self) -> WorkflowVersion:
        return self.version


class Transition(PartOfVersion):
    """A named way out of a step; without a target it completes the task."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    from_step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="transitions")
    to_step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="arrivals", null=True, blank=True)
    key = models.SlugField(max_length=64)
    label = models.CharField(max_length=120)
    guard = models.JSONField(null=True, blank=True, help_text="A condition on the ticket (guards.py); null: none.")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["from_step", "key"], name="transition_key_once")]

    def __str__(self) -> str:
        return self.key

    def owning_version(self) -> WorkflowVersion:
        return self.from_step.version
