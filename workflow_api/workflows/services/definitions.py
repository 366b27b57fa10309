"""Making, checking and publishing definitions. `definition_faults` is the one place that says what a sound one is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jwtauth import people
from workflows.errors import DefinitionInvalid, NotPublished
from workflows.guards import guard_faults
from workflows.models import APPROVE, PRIORITIES, REJECT, Step, Workflow, WorkflowVersion
from workflows.services.drafting import require_draft

# The steps that each step leads to; None is the end.
Ways = dict[UUID, list[UUID | None]]
MATCH = ("category", "sub_category", "department", "is_catch_all")
ROLE = re.compile(r"[a-z]+:[a-z-]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (a step's key, a field), a stable code, and a sentence."""

    field: str
    code: str
    detail: str


def definition_faults(*, version: WorkflowVersion) -> list[Fault]:
    """Everything that keeps a version from being published, in one list; empty when it is sound."""
    steps = list(version.steps.order_by("position").prefetch_related("transitions"))
    return [
        *_start_faults(steps),
        *_step_faults(steps),
        *_path_faults(steps),
        *_sla_faults("sla_minutes", version.sla_minutes),
        *_response_faults("first_response_minutes", version.first_response_minutes),
        *_response_faults("next_response_minutes", version.next_response_minutes),
        *_match_faults(version),
    ]


def _start_faults(steps: list[Step]) -> Iterator[Fault]:
    if not steps:
        yield Fault("steps", "no_steps", "A workflow needs at least one step.")
        return
    starts = [step.key for step in steps if step.is_start]
    if not starts:
        yield Fault("steps", "no_start", "One step must be the start.")
    if len(starts) > 1:
        yield Fault("steps", "several_starts", f"Only one step can be the start, not {', '.join(starts)}.")


def _step_faults(steps: list[Step]) -> Iterator[Fault]:
    own = {step.pk for step in steps}
    for step in steps:
        where = f"steps.{step.key}"
        if not step.role:
            yield Fault(where, "role_missing", "The step has no role, so nobody could do it.")
        elif not ROLE.fullmatch(step.role):
            yield Fault(where, "role_malformed", "A role is written system:slug.")
        if step.escalation_role and not ROLE.fullmatch(step.escalation_role):
            yield Fault(where, "role_malformed", "An escalation role is written system:slug.")
        if step.weight < 1:
            yield Fault(where, "weight_not_positive", "The step's weight must be 1 or more.")
        for way in step.transitions.all():
            if way.to_step_id is not None and way.to_step_id not in own:
                yield Fault(f"{where}.{way.key}", "foreign_target", "The transition leads out of this definition.")
        yield from _guard_faults(where, step)
        if step.kind == Step.Kind.APPROVAL:
            yield from _approval_faults(where, step)


def _guard_faults(where: str, step: Step) -> Iterator[Fault]:
    """Whatever the ticket says, one way must be open; an approval's two always are."""
    ways = list(step.transitions.all())
    for way in ways:
        if way.guard is not None:
            for detail in guard_faults(way.guard):
                yield Fault(f"{where}.{way.key}", "guard_malformed", detail)
    guarded = [way.key for way in ways if way.guard is not None]
    if guarded and step.kind == Step.Kind.APPROVAL:
        yield Fault(where, "guard_on_approval", "The ways of an approval have no guards.")
    elif guarded and len(guarded) == len(ways):
        yield Fault(where, "all_ways_guarded", "One transition of the step must have no guard.")


def _approval_faults(where: str, step: Step) -> Iterator[Fault]:
    if step.approval_rule not in Step.Rule.values:
        yield Fault(where, "approval_rule_missing", f"An approval is by one of {', '.join(Step.Rule.values)}.")
    if step.approval_rule == Step.Rule.N_OF_M and step.approvals_needed < 1:
        yield Fault(where, "approvals_needed_missing", "N of M needs an N of 1 or more.")
    if {way.key for way in step.transitions.all()} != {APPROVE, REJECT}:
        yield Fault(where, "approval_ways", f"An approval leads on by {APPROVE} and by {REJECT}, and by nothing else.")


def _path_faults(steps: list[Step]) -> Iterator[Fault]:
    """Unreachable steps, dead ends, and loops without a way out."""
    ways: Ways = {step.pk: [way.to_step_id for way in step.transitions.all()] for step in steps}
    ends = {pk for pk, targets in ways.items() if None in targets}
    if steps and not ends:
        yield Fault("steps", "no_end", "At least one transition must complete the task.")
    reached = _closure({step.pk for step in steps if step.is_start}, ways)
    backwards: Ways = {pk: [source for source, targets in ways.items() if pk in targets] for pk in ways}
    finishing = _closure(ends, backwards)
    for step in steps:
        where = f"steps.{step.key}"
        if step.pk not in reached:
            yield Fault(where, "unreachable", "No path leads from the start to this step.")
        if not ways[step.pk]:
            yield Fault(where, "dead_end", "No transition leaves this step.")
        elif ends and step.pk not in finishing:
            yield Fault(where, "endless", "No path leads from this step to an end.")


def _closure(start: set[UUID], ways: Ways) -> set[UUID]:
    seen, todo = set(start), list(start)
    while todo:
        for target in ways.get(todo.pop(), []):
            if target is not None and target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def _response_faults(name: str, minutes: object) -> Iterator[Fault]:
    """As with the SLA, but nothing may be promised at all."""
    if minutes != {}:
        yield from _sla_faults(name, minutes)


def _sla_faults(name: str, minutes: object) -> Iterator[Fault]:
    if not isinstance(minutes, dict):
        yield Fault(name, "sla_malformed", "The SLA is a mapping of priority to minutes.")
        return
    for unknown in sorted(set(map(str, minutes)) - set(PRIORITIES)):
        yield Fault(f"{name}.{unknown}", "priority_unknown", f"Priorities are {', '.join(PRIORITIES)}.")
    known: list[tuple[str, int]] = []
    for priority in PRIORITIES:
        value = minutes.get(priority)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            yield Fault(f"{name}.{priority}", "sla_missing", "Each priority needs a whole number of minutes.")
        else:
            known.append((priority, value))
    for (high, shorter), (low, longer) in pairwise(known):
        if shorter >= longer:
            yield Fault(f"{name}.{low}", "sla_not_increasing", f"{low} must have more time than {high}.")


def _match_faults(version: WorkflowVersion) -> Iterator[Fault]:
    """Two published workflows that serve exactly the same tickets would leave the choice to chance."""
    workflow = version.workflow
    serves = {name: getattr(workflow, name) for name in MATCH} | {
        name: value for name, value in (version.heading or {}).items() if name in MATCH
    }
    others = Workflow.objects.filter(versions__status=WorkflowVersion.Status.PUBLISHED).exclude(pk=workflow.pk)
    taken = others.filter(**({"is_catch_all": True} if serves["is_catch_all"] else serves)).first()
    if taken:
        yield Fault("workflow", "match_taken", f"{taken.key} already serves exactly the same tickets.")


def staffing_faults(*, version: WorkflowVersion) -> list[Fault]:
    """Steps that nobody could do at present. Not among `definition_faults`: the seeds come before the people."""
    steps = list(version.steps.order_by("position"))
    staffed = {role: people.with_role(role).exists() for role in {step.role for step in steps if step.role}}
    return [
        Fault(f"steps.{step.key}", "role_without_people", f"Nobody who is active holds {step.role}.")
        for step in steps
        if step.role and not staffed[step.role]
    ]


@transaction.atomic
def version_publish(*, version: WorkflowVersion, must_be_staffed: bool = False) -> WorkflowVersion:
    """Publish a draft and retire the version that it replaces; tasks that run stay on theirs.

    Raises: DefinitionNotDraft; DefinitionInvalid with every fault in `errors`.
    """
    _lock_all()
    version.refresh_from_db()
    require_draft(version)
    faults = [*definition_faults(version=version), *(staffing_faults(version=version) if must_be_staffed else ())]
    if faults:
        raise DefinitionInvalid(f"{len(faults)} faults.", errors=faults_as_errors(faults))
    published = WorkflowVersion.objects.filter(workflow=version.workflow, status=WorkflowVersion.Status.PUBLISHED)
    published.update(status=WorkflowVersion.Status.RETIRED)
    if version.heading:
        Workflow.objects.filter(pk=version.workflow_id).update(**version.heading)
        version.workflow.refresh_from_db()
    version.status = WorkflowVersion.Status.PUBLISHED
    version.published_at = timezone.now()
    version.save()
    return version


@transaction.atomic
def workflow_retire(*, workflow: Workflow) -> None:
    """Let a workflow take no new tickets; tasks that run go on. Raises: NotPublished."""
    _lock_all()
    published = workflow.versions.filter(status=WorkflowVersion.Status.PUBLISHED)
    if not published.update(status=WorkflowVersion.Status.RETIRED):
        raise NotPublished


def faults_as_errors(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """As a problem's `errors` has them."""
    return [{"field": fault.field, "code": fault.code, "detail": fault.detail} for fault in faults]


def _lock_all() -> None:
    """Publishing is rare: one lock for all of it keeps two workflows from taking the same tickets at once."""
    list(Workflow.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
