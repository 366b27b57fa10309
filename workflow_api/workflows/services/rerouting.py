"""A second chance for tasks that nobody has: by a coordinator, or by the ticker once people or workflows are there."""

from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from eventbus import ticker
from jsonlog import context
from jwtauth import people
from workflows.choosing import somebody_there
from workflows.errors import ActionNotAllowed, TaskUnroutable
from workflows.models import Step, Task, TaskItem, WorkflowVersion
from workflows.services.routing import task_route

HELD_BY_SOMEBODY = (Task.Status.ASSIGNED, Task.Status.IN_PROGRESS, Task.Status.ON_HOLD, Task.Status.IN_APPROVAL)
BATCH = 50  # tasks per tick: a tick stays short, the next one goes on


@transaction.atomic
def task_reroute(*, seen: Task) -> Task:
    """Match and assign a task again that is unrouted, or whose assignee is no longer active.

    Raises: ActionNotAllowed when an active person has it or it has ended; TaskUnroutable when nothing has changed.
    """
    task = Task.objects.select_for_update(no_key=True).get(pk=seen.pk)
    now = timezone.now()
    if task.status != Task.Status.UNROUTED:
        if not _is_orphaned(task):
            raise ActionNotAllowed(
                f"Only a task that nobody has is routed again; this one is {task.status}.",
                task_status=str(task.status),
                allowed=[],
            )
        TaskItem.objects.filter(task=task, completed_at=None, released_at=None).update(released_at=now)
    if not task_route(task=task, now=now):
        raise TaskUnroutable(f"Reason: {task.unrouted_reason}.", reason=str(task.unrouted_reason))
    return task


def unrouted_retry() -> int:
    """Route again what can succeed now; at most BATCH tasks, oldest first. Returns how many found a person.

    That is: tasks whose step's role has an active person, and tasks without a workflow that became unrouted before
    the newest definition was published. Tasks locked by someone else are left to the next tick.
    """
    roles = set(Step.objects.filter(pk__in=_waiting().values("current_step")).values_list("role", flat=True))
    staffed = [role for role in sorted(roles) if somebody_there(role=role)]
    published = WorkflowVersion.objects.aggregate(at=Max("published_at"))["at"]
    hopeful = Q(unrouted_reason=Task.Unrouted.NO_ASSIGNEE, current_step__role__in=staffed)
    if published is not None:
        hopeful |= Q(unrouted_reason=Task.Unrouted.NO_WORKFLOW, unrouted_at__lte=published)
    return ticker.each(_waiting().filter(hopeful).order_by("id").values_list("pk", flat=True)[:BATCH], _retry)


def _is_orphaned(task: Task) -> bool:
    """Whether an open task waits only for people who can no longer sign in."""
    open_turns = TaskItem.objects.filter(task=task, completed_at=None, released_at=None)
    waited_for = people.by_ids(open_turns.values_list("assignee_id", flat=True))
    return task.status in HELD_BY_SOMEBODY and not any(person.is_active for person in waited_for.values())


def _waiting() -> QuerySet[Task]:
    return Task.objects.filter(status=Task.Status.UNROUTED)


@transaction.atomic
def _retry(pk: UUID) -> bool:
    task = _waiting().select_for_update(skip_locked=True, no_key=True).filter(pk=pk).first()
    if task is None:
        return False
    with context.bind(request_id=task.request_id or None):
        return task_route(task=task, now=timezone.now())
