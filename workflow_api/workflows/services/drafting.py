"""Makes a draft from a definition that is written down as data."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max

from workflows.errors import DefinitionNotDraft
from workflows.models import Calendar, Step, Transition, Workflow, WorkflowVersion


@dataclass(frozen=True, slots=True)
class WaySpec:
    """A transition: its key, its label, and the key of the step that it leads to; None completes the task."""

    key: str
    label: str
    to: str | None
    guard: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StepSpec:
    """A step; the first one of a workflow is its start."""

    key: str
    name: str
    role: str
    ways: tuple[WaySpec, ...]
    instructions: str = ""
    weight: int = 1
    gives_resolution: bool = False
    escalation_role: str = ""
    approval_rule: str = ""  # any, all, n_of_m: the step is an approval
    approvals_needed: int = 0
    strategy: str = Step.Strategy.ROUND_ROBIN


@dataclass(frozen=True, slots=True)
class WorkflowSpec:
    """A whole definition. `sla_minutes` are minutes to resolution by priority, in the time of
    the calendar that `calendar` is the key of; without one around the clock."""

    key: str
    name: str
    sla_minutes: dict[str, int]
    steps: tuple[StepSpec, ...]
    description: str = ""
    category: str = ""
    sub_category: str = ""
    department: str = ""
    is_catch_all: bool = False
    calendar: str = ""
    first_response_minutes: dict[str, int] = field(default_factory=dict)
    next_response_minutes: dict[str, int] = field(default_factory=dict)


HEADING = ("name", "description", "category", "sub_category", "department", "is_catch_all")


@transaction.atomic
def version_draft(*, spec: WorkflowSpec) -> WorkflowVersion:
    """Make the workflow if it is new, and the next version of it as a draft with its steps and transitions.

    What the workflow is called and serves changes only when the draft is published.
    """
    workflow, _ = Workflow.objects.get_or_create(key=spec.key, defaults=_heading(spec))
    last = workflow.versions.aggregate(number=Max("number"))["number"] or 0
    version = WorkflowVersion(workflow=workflow, number=last + 1)
    _fill(version=version, spec=spec)
    return version


@transaction.atomic
def version_replace(*, version: WorkflowVersion, spec: WorkflowSpec) -> WorkflowVersion:
    """Let a locked draft say something else; its workflow stays the same. Raises: DefinitionNotDraft."""
    require_draft(version)
    version.steps.all().delete()
    version.revision += 1
    _fill(version=version, spec=spec)
    return version


@transaction.atomic
def draft_delete(*, version: WorkflowVersion) -> None:
    """Forget a locked draft, and its workflow when it has no other version. Raises: DefinitionNotDraft."""
    require_draft(version)
    workflow = version.workflow
    version.delete()
    if not workflow.versions.exists():
        workflow.delete()


def require_draft(version: WorkflowVersion) -> None:
    """Raises: DefinitionNotDraft."""
    if version.status != WorkflowVersion.Status.DRAFT:
        raise DefinitionNotDraft(f"Version {version.number} is {version.status}.")


def spec_of(version: WorkflowVersion) -> WorkflowSpec:
    """What a version says, as data: the draft of the next version begins so."""
    workflow = version.workflow
    heading = version.heading or {name: getattr(workflow, name) for name in HEADING}
    steps = version.steps.order_by("-is_start", "position").prefetch_related("transitions__to_step")
    return WorkflowSpec(
        key=workflow.key,
        sla_minutes=version.sla_minutes,
        first_response_minutes=version.first_response_minutes,
        next_response_minutes=version.next_response_minutes,
        calendar=version.calendar.key if version.calendar else "",
        steps=tuple(_step_spec(step) for step in steps),
        **heading,
    )


def _step_spec(step: Step) -> StepSpec:
    return StepSpec(
        key=step.key,
        name=step.name,
        role=step.role,
        ways=tuple(
            WaySpec(way.key, way.label, way.to_step.key if way.to_step else None, way.guard)
            for way in step.transitions.all()
        ),
        instructions=step.instructions,
        weight=step.weight,
        gives_resolution=step.gives_resolution,
        escalation_role=step.escalation_role,
        approval_rule=step.approval_rule,
        approvals_needed=step.approvals_needed,
        strategy=step.strategy,
    )


def _heading(spec: WorkflowSpec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in HEADING}


def _fill(*, version: WorkflowVersion, spec: WorkflowSpec) -> None:
    """Store a draft with everything that belongs to it."""
    version.heading = _heading(spec)
    version.sla_minutes = dict(spec.sla_minutes)
    version.first_response_minutes = dict(spec.first_response_minutes)
    version.next_response_minutes = dict(spec.next_response_minutes)
    version.calendar = Calendar.objects.get(key=spec.calendar) if spec.calendar else None
    version.save()
    steps = {
        step.key: Step.objects.create(
            version=version,
            key=step.key,
            name=step.name,
            role=step.role,
            instructions=step.instructions,
            weight=step.weight,
            position=position,
            is_start=position == 0,
            gives_resolution=step.gives_resolution,
            escalation_role=step.escalation_role,
            kind=Step.Kind.APPROVAL if step.approval_rule else Step.Kind.TASK,
            approval_rule=step.approval_rule,
            approvals_needed=step.approvals_needed,
            strategy=step.strategy,
        )
        for position, step in enumerate(spec.steps)
    }
    for step in spec.steps:
        for position, way in enumerate(step.ways):
            Transition.objects.create(
                from_step=steps[step.key],
                to_step=steps[way.to] if way.to else None,
                key=way.key,
                label=way.label,
                guard=way.guard,
                position=position,
            )
