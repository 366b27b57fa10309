"""Makes a draft from a definition that is written down as data."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max

from workflows.models import Calendar, Step, Transition, Workflow, WorkflowVersion


@dataclass(frozen=True, slots=True)
class WaySpec:
    """A transition: its key, its label, and the key of the step that it leads to; None completes the task."""

    key: str
    label: str
    to: str | None


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


@transaction.atomic
def version_draft(*, spec: WorkflowSpec) -> WorkflowVersion:
    """Make the workflow if it is new, and the next version of it as a draft with its steps and transitions."""
    workflow, _ = Workflow.objects.update_or_create(
        key=spec.key,
        defaults={
            "name": spec.name,
            "description": spec.description,
            "category": spec.category,
            "sub_category": spec.sub_category,
            "department": spec.department,
            "is_catch_all": spec.is_catch_all,
        },
    )
    last = workflow.versions.aggregate(number=Max("number"))["number"] or 0
    version = WorkflowVersion.objects.create(
        workflow=workflow,
        number=last + 1,
        sla_minutes=dict(spec.sla_minutes),
        first_response_minutes=dict(spec.first_response_minutes),
        next_response_minutes=dict(spec.next_response_minutes),
        calendar=Calendar.objects.get(key=spec.calendar) if spec.calendar else None,
    )
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
                position=position,
            )
    return version
