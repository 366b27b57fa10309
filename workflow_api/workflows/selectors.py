"""What may be read by whom. A task that the caller may not see does not exist for them."""

from typing import Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from jwtauth.principal import Principal
from workflows.access import reader_names, sees_all
from workflows.errors import ScopeForbidden, TaskNotFound
from workflows.models import Task, TaskItem, TaskReader, Transition, WorkflowVersion

Scope = Literal["mine", "queue", "unrouted", "all"]
WITH_AN_ASSIGNEE = (Task.Status.ASSIGNED, Task.Status.IN_PROGRESS, Task.Status.ON_HOLD)


def tasks_visible(*, actor: Principal) -> QuerySet[Task]:
    """The tasks of tickets that the actor may see; none for people who are not staff."""
    tasks = Task.objects.select_related("ticket", "workflow_version__workflow", "current_step").order_by("-id")
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


def workflow_list() -> QuerySet[WorkflowVersion]:
    """The published version of each workflow."""
    published = WorkflowVersion.objects.filter(status=WorkflowVersion.Status.PUBLISHED)
    return published.select_related("workflow").order_by("-id")


def workflow_with_steps() -> QuerySet[WorkflowVersion]:
    """The same, with steps and transitions."""
    ways = Prefetch("steps__transitions", Transition.objects.select_related("to_step").order_by("position"))
    return workflow_list().prefetch_related("steps", ways)
