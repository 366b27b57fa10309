"""What may be read by whom. A task that the caller may not see does not exist for them."""

from typing import Any, Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from jwtauth.principal import Principal
from workflows.access import reader_names, sees_all
from workflows.business_time import Hours
from workflows.clocks import clocks_of
from workflows.errors import ScopeForbidden, TaskNotFound
from workflows.models import Calendar, Task, TaskItem, TaskReader, Transition, WorkflowVersion

Scope = Literal["mine", "queue", "unrouted", "all"]
RELATED = ("ticket", "workflow_version__workflow", "workflow_version__calendar", "current_step")
WITH_AN_ASSIGNEE = (Task.Status.ASSIGNED, Task.Status.IN_PROGRESS, Task.Status.ON_HOLD)


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

    scope: `mine` (assigned to me now), `queue` (open, at a step of one of my roles), `unrouted`, `all`. Without one it
    is `mine`, unless a ticket (id or number) is named: then every visible task of that ticket.

    Raises: ScopeForbidden for `all` by anyone but coordinators and admins.
    """
    tasks = tasks_visible(actor=actor)
    if ticket:
        tasks = tasks.filter(_ticket_is(ticket))
    if scope == "all" and not sees_all(actor):
        raise ScopeForbidden
    if scope == "mine" or (scope is None and not ticket):
        return tasks.filter(assignee_id=actor.id, status__in=WITH_AN_ASSIGNEE)
    if scope == "queue":
        return tasks.filter(current_step__role__in=sorted(actor.roles), status__in=Task.OPEN)
    if scope == "unrouted":
        return tasks.filter(status=Task.Status.UNROUTED)
    return tasks


def _ticket_is(ticket: str) -> Q:
    try:
        return Q(ticket_id=UUID(ticket))
    except ValueError:
        return Q(ticket__number=ticket)


def task_get(*, actor: Principal, task_id: UUID) -> Task:
    """One task with its turns and the transitions of its current step.

    Raises: TaskNotFound, also when the actor may not see it.
    """
    ways = Prefetch("current_step__transitions", Transition.objects.select_related("to_step").order_by("position"))
    items = Prefetch("items", TaskItem.objects.select_related("step").order_by("id"))
    task = tasks_visible(actor=actor).filter(pk=task_id).prefetch_related(items, ways).first()
    if task is None:
        raise TaskNotFound
    return task


PREVIEWED = 500


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


def workflow_with_steps() -> QuerySet[WorkflowVersion]:
    """The same, with steps and transitions."""
    ways = Prefetch("steps__transitions", Transition.objects.select_related("to_step").order_by("position"))
    return workflow_list().prefetch_related("steps", ways)
