"""Keeps the flat index of who may read a task (TaskReader) equal to the ticket's access rule."""

from collections.abc import Iterable

from workflows.access import readers_of
from workflows.models import Task, TaskReader


def readers_sync(*, task: Task) -> None:
    """Make the index equal to `readers_of`. The caller holds the task's row lock."""
    wanted = readers_of(task)
    have = set(TaskReader.objects.filter(task=task).values_list("reader", flat=True))
    if gone := have - wanted:
        TaskReader.objects.filter(task=task, reader__in=gone).delete()
    _add(task, wanted - have)
    task.indexed_readers = frozenset((*task.step_roles, *task.assignee_ids))


def readers_follow(*, task: Task) -> None:
    """Add what the task itself has gained since it was read. What the ticket's access says is kept by whoever changes
    that: here it may be older. The caller holds the task's row lock.
    """
    if task.indexed_readers is None:
        readers_sync(task=task)
        return
    now = frozenset((*task.step_roles, *task.assignee_ids))
    _add(task, now - task.indexed_readers)
    task.indexed_readers = now


def _add(task: Task, readers: Iterable[str]) -> None:
    rows = [TaskReader(task=task, reader=reader) for reader in sorted(readers)]
    if rows:
        TaskReader.objects.bulk_create(rows, ignore_conflicts=True)
