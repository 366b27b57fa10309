"""Keeps the flat index of who may read a task (TaskReader) equal to the ticket's access rule."""

from collections.abc import Iterable

from jwtauth.principal import Principal
from workflows.models import Task, TaskReader

# They see every ticket, so no row is needed for them.
SEES_ALL = frozenset({"tts:admin", "tts:ticket-coordinator"})


def readers_of(task: Task) -> set[str]:
    """Roles and ids of people that may read a task: the ticket's access, and what this task itself adds to it.

    The ticket's access follows our events with a delay; an assignee must see the task at once.
    """
    return {*task.ticket.access_user_ids, *task.ticket.access_roles, *task.step_roles, *task.assignee_ids}


def readers_sync(*, task: Task) -> None:
    """Make the index equal to `readers_of`. The caller holds the task's row lock."""
    wanted = readers_of(task)
    have = set(TaskReader.objects.filter(task=task).values_list("reader", flat=True))
    if gone := have - wanted:
        TaskReader.objects.filter(task=task, reader__in=gone).delete()
    if missing := wanted - have:
        rows = [TaskReader(task=task, reader=reader) for reader in sorted(missing)]
        TaskReader.objects.bulk_create(rows, ignore_conflicts=True)


def sees_all(actor: Principal) -> bool:
    """Whether the actor may see every ticket."""
    return actor.has_role(*SEES_ALL)


def reader_names(actor: Principal) -> Iterable[str]:
    """The readers that an actor stands for: their roles of this system and themselves."""
    return [str(actor.id), *sorted(role for role in actor.roles if role.startswith("tts:"))]
