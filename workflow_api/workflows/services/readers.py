"""Keeps the flat index of who may read a task (TaskReader) equal to the ticket's access rule."""

from workflows.access import readers_of
from workflows.models import Task, TaskReader


def readers_sync(*, task: Task) -> None:
    """Make the index equal to `readers_of`. The caller holds the task's row lock."""
    wanted = readers_of(task)
    have = set(TaskReader.objects.filter(task=task).values_list("reader", flat=True))
    if gone := have - wanted:
        TaskReader.objects.filter(task=task, reader__in=gone).delete()
    if missing := wanted - have:
        rows = [TaskReader(task=task, reader=reader) for reader in sorted(missing)]
        TaskReader.objects.bulk_create(rows, ignore_conflicts=True)
