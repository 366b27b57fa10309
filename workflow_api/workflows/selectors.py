"""What may be read by whom. A task that the caller may not see does not exist for them."""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects
from django.utils import timezone

from jwtauth import people
from jwtauth.models import Person
from jwtauth.principal import Principal
from workflows.access import reader_names, sees_all
from workflows.business_time import Hours, due
from workflows.choosing import approvals_needed, somebody_there, turns, whose_turn, workflow_match
from workflows.clocks import clocks_of, hours_of, step_share
from workflows.errors import ScopeForbidden, TaskNotFound, WorkflowNotFound
from workflows.models import Absence, Calendar, Step, Task, TaskItem, TaskReader, Transition, Workflow, WorkflowVersion

Scope = Literal["mine", "queue", "owned", "unrouted", "overdue", "all"]
RELATED = ("ticket", "workflow_version__workflow", "workflow_version__calendar", "current_step")
NO_ASSIGNEE = Task.Unrouted.NO_ASSIGNEE


LATE_IN = (
    Task.Status.UNROUTED,
    Task.Status.QUEUED,
    Task.Status.ASSIGNED,
    Task.Status.IN_PROGRESS,
    Task.Status.IN_APPROVAL,
)


def tasks_visible(*, actor: Principal) -> QuerySet[Task]:
    """The tasks of tickets that the actor may see; none for people who are not staff."""
    tasks = Task.objects.select_related(*RELATED).order_by("-id")
    if not actor.is_staff:
        return tasks.none()
    if sees_all(actor):
        return tasks
    return tasks.filter(Exists(TaskReader.objects.filter(task=OuterRef("pk"), reader__in=list(reader_names(actor)))))


def task_list(*, actor: Principal, scope: Scope | None = None, ticket: str = "") -> QuerySet[Task]:
    """Tasks for a list, newest first.

    scope: `mine` (assigned to me now), `queue` (open, at a step of one of my roles), `owned` (open, and I was the first
    to have it), `unrouted`, `overdue` (a deadline
    has passed, and it is not on hold), `all`. Without one it is `mine`, unless a ticket (id or number) is named: then
    every visible task of that ticket.

    Raises: ScopeForbidden for `all` by anyone but coordinators and admins.
    """
    tasks = tasks_visible(actor=actor)
    if ticket:
        tasks = tasks.filter(_ticket_is(ticket))
    if scope == "all" and not sees_all(actor):
        raise ScopeForbidden
    if scope == "mine" or (scope is None and not ticket):
        asked = TaskItem.objects.filter(assignee_id=actor.id, completed_at=None, released_at=None)
        return tasks.filter(pk__in=asked.values("task_id"), status__in=Task.OPEN)
    if scope == "owned":
        return tasks.filter(owner_id=actor.id, status__in=Task.OPEN)
    if scope == "queue":
        return tasks.filter(current_step__role__in=sorted(actor.roles), status__in=Task.OPEN)
    if scope == "unrouted":
        return tasks.filter(status=Task.Status.UNROUTED)
    if scope == "overdue":
        now = timezone.now()
        late = Q(step_due_at__lt=now) | Q(resolution_due_at__lt=now)
        return tasks.filter(late, status__in=LATE_IN)
    return tasks


def _ticket_is(ticket: str) -> Q:
    try:
        return Q(ticket_id=UUID(ticket))
    except ValueError:
        return Q(ticket__number=ticket)


def task_get(*, actor: Principal, task_id: UUID) -> Task:
    """One task. Raises: TaskNotFound, also when the actor may not see it."""
    task = tasks_visible(actor=actor).filter(pk=task_id).first()
    if task is None:
        raise TaskNotFound
    return task


def turns_load(*, task: Task) -> dict[UUID, Person]:
    """Read a task's turns into `task.items`; answers the people who had them, by id, as far as they are known."""
    name = Person.objects.filter(pk=OuterRef("assignee_id")).values("name")[:1]
    items = TaskItem.objects.select_related("step").annotate(assignee_name=Subquery(name)).order_by("id")
    prefetch_related_objects([task], Prefetch("items", items))
    names = {item.assignee_id: vars(item)["assignee_name"] for item in task.items.all()}
    return {pk: Person(id=pk, name=name) for pk, name in names.items() if name is not None}


def absence_list(*, actor: Principal, scope: Literal["mine", "all"]) -> QuerySet[Absence]:
    """Absences, newest first: one's own, or everybody's. Raises: ScopeForbidden."""
    if scope == "all" and not sees_all(actor):
        raise ScopeForbidden
    rows = Absence.objects.order_by("-id")
    return rows if scope == "all" else rows.filter(person_id=actor.id)


PREVIEWED = 500  # tasks
CANDIDATES = 100


def calendar_preview(*, calendar: Calendar, hours: Hours) -> dict[str, Any]:
    """What deadlines of running tasks would be if a calendar said `hours`: those that move, of the oldest tasks."""
    open_tasks = Task.objects.filter(workflow_version__calendar=calendar, status__in=Task.OPEN)
    related = ("ticket", "workflow_version__workflow", "workflow_version__calendar")
    tasks = list(open_tasks.select_related(*related).order_by("id")[: PREVIEWED + 1])
    now = timezone.now()
    moved = [
        {
            "task_id": task.id,
            "ticket_number": task.ticket.number,
            "clock": clock.kind,
            "due_at": clock.due_at,
            "would_be_due_at": changed.due_at,
            "would_be_breached": clock.due_at >= now > changed.due_at,
        }
        for task in tasks[:PREVIEWED]
        for clock, changed in zip(clocks_of(task), clocks_of(task, hours=hours), strict=True)
        if clock.ended_at is None and clock.due_at and changed.due_at and clock.due_at != changed.due_at
    ]
    return {"tasks": len(tasks[:PREVIEWED]), "more": len(tasks) > PREVIEWED, "moved": moved}


def workflow_list() -> QuerySet[WorkflowVersion]:
    """The published version of each workflow."""
    published = WorkflowVersion.objects.filter(status=WorkflowVersion.Status.PUBLISHED)
    return published.select_related("workflow").order_by("-id")


def workflow_newest() -> QuerySet[WorkflowVersion]:
    """The newest version of each workflow, whatever its state."""
    newest = WorkflowVersion.objects.filter(workflow=OuterRef("workflow")).order_by("-number").values("pk")[:1]
    return WorkflowVersion.objects.filter(pk=Subquery(newest)).select_related("workflow").order_by("-id")


def workflow_get(*, workflow_id: UUID) -> Workflow:
    """Raises: WorkflowNotFound."""
    workflow = Workflow.objects.filter(pk=workflow_id).first()
    if workflow is None:
        raise WorkflowNotFound
    return workflow


def version_list(*, workflow_id: UUID) -> QuerySet[WorkflowVersion]:
    """Every version of a workflow, with `running`, the number of its open tasks. Raises: WorkflowNotFound."""
    workflow = workflow_get(workflow_id=workflow_id)
    running = Count("task", filter=Q(task__status__in=Task.OPEN))
    return workflow.versions.select_related("workflow").annotate(running=running)


def version_get(*, workflow_id: UUID, number: int, lock: bool = False) -> WorkflowVersion:
    """One version; `lock` holds its row until the running transaction ends. Raises: WorkflowNotFound."""
    versions = WorkflowVersion.objects.filter(workflow=workflow_id, number=number)
    if lock:
        versions = versions.select_for_update(no_key=True)
    version = versions.first()
    if version is None:
        raise WorkflowNotFound
    return version


def running_elsewhere(*, version: WorkflowVersion) -> list[dict[str, int]]:
    """Open tasks on the other versions of a version's workflow: `[{"version": 1, "tasks": 12}]`."""
    others = WorkflowVersion.objects.filter(workflow=version.workflow_id).exclude(pk=version.pk).order_by("number")
    counted = others.annotate(tasks=Count("task", filter=Q(task__status__in=Task.OPEN))).filter(tasks__gt=0)
    return [{"version": number, "tasks": tasks} for number, tasks in counted.values_list("number", "tasks")]


def version_with_steps(version_id: UUID | None) -> WorkflowVersion | None:
    """Any version, also a retired one that tasks still run on."""
    if version_id is None:
        return None
    ways = Prefetch("steps__transitions", Transition.objects.select_related("to_step").order_by("position"))
    return WorkflowVersion.objects.filter(pk=version_id).prefetch_related("steps", ways).first()


def routing_preview(*, category: str, sub_category: str, department: str, priority: str) -> dict[str, Any]:
    """What would become of a ticket that is filed now: workflow, step, whose turn, deadlines, or why nobody has it."""
    now = timezone.now()
    answer: dict[str, Any] = dict.fromkeys(("workflow", "step", "assignee", "resolution_due_at", "step_due_at"))
    answer |= {"candidates": [], "unrouted_reason": str(Task.Unrouted.NO_WORKFLOW)}
    version = workflow_match(category=category, sub_category=sub_category, department=department)
    if version is None:
        return answer
    step = version.steps.get(is_start=True)
    turn = whose_turn(step=step)
    there = turn is not None or (step.strategy == Step.Strategy.CLAIM and somebody_there(role=step.role))
    if step.kind == Step.Kind.APPROVAL:
        asked = sum(1 for _ in turns(role=step.role))
        turn, there = None, 0 < approvals_needed(step=step, approvers=asked) <= asked
    share = step_share(version=version, step=step, priority=priority)
    return answer | {
        "workflow": version,
        "step": step,
        "assignee": turn.person if turn else None,
        "candidates": list(people.with_role(step.role)[:CANDIDATES]),
        "unrouted_reason": "" if there else str(NO_ASSIGNEE),
        "resolution_due_at": due(hours_of(version), now, timedelta(minutes=version.sla_minutes[priority])),
        "step_due_at": due(hours_of(version), now, share),
    }


def workflow_with_steps() -> QuerySet[WorkflowVersion]:
    """The same, with steps and transitions."""
    ways = Prefetch("steps__transitions", Transition.objects.select_related("to_step").order_by("position"))
    return workflow_list().prefetch_related("steps", ways)
