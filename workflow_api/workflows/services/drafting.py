"""Makes a draft from a definition that is written down as data."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from workflows.models import Step, Transition, Workflow, WorkflowVersion


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


@dataclass(frozen=True, slots=True)
class WorkflowSpec:
    """A whole definition. `sla_minutes` are minutes to resolution by priority."""

    key: str
    name: str
    sla_minutes: dict[str, int]
    steps: tuple[StepSpec, ...]
    description: str = ""
    category: str = ""
    sub_category: str = ""
    department: str = ""
    is_catch_all: bool = False


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
    version = WorkflowVersion.objects.create(workflow=workflow, number=last + 1, sla_minutes=dict(spec.sla_minutes))
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
