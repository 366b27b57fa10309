"""Approvals: everybody who is asked decides once, and the rule says when that is enough."""

from django.db import transaction
from django.utils import timezone

from jwtauth.principal import Principal
from workflows.errors import ActionNotAllowed, NotTheAssignee
from workflows.events import decided_change
from workflows.models import APPROVE, REJECT, Task, TaskItem
from workflows.services.actions import ALLOWED, conflict, step_leave, transition_of
from workflows.services.recording import task_record
from workflows.services.routing import turn_end


@transaction.atomic
def task_decide(*, seen: Task, actor: Principal, approve: bool, notes: str) -> Task:
    """One of those who are asked approves or rejects.

    The step is left by APPROVE as soon as enough have approved, by REJECT as soon as enough no longer can; who has not
    decided by then need not. What the others decide meanwhile is no conflict, so what the actor has seen of the task
    does not matter; what they have decided already does.

    Raises: NotTheAssignee for who is not asked; ActionNotAllowed when it is decided, or they have decided.
    """
    action = "approval" if approve else "rejection"
    task = Task.objects.select_for_update(no_key=True).get(pk=seen.pk)
    task.relate(seen)
    item = task.items.select_related("step").filter(assignee_id=actor.id, completed_at=None, released_at=None).first()
    if item is None or task.status not in ALLOWED[action]:
        if not task.items.filter(assignee_id=actor.id).exists():
            raise NotTheAssignee
        raise conflict(ActionNotAllowed, task, action)
    now = timezone.now()
    item.started_at = item.completed_at = now
    item.transition, item.notes = APPROVE if approve else REJECT, notes
    item.save(update_fields=["started_at", "completed_at", "transition", "notes"])
    task.started_at = task.started_at or now
    turns = list(TaskItem.objects.filter(task=task, approval_round=task.approval_round))
    approved = sum(turn.transition == APPROVE for turn in turns)
    possible = approved + sum(turn.completed_at is None and turn.released_at is None for turn in turns)
    leaves = approved >= task.approvals_needed or possible < task.approvals_needed
    change = decided_change(item, approved=approved, needed=task.approvals_needed)
    task_record(task=task, action="decided", change=change, more=leaves)
    if leaves:
        turn_end(task=task, now=now)
        outcome = APPROVE if approved >= task.approvals_needed else REJECT
        step_leave(task=task, way=transition_of(step=item.step, key=outcome, ticket=task.ticket), notes=notes, now=now)
    return task
