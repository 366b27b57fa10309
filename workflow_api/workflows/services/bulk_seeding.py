"""Thousands of made-up tasks, for measuring."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jwtauth.models import Person
from servicekit.ids import uuid7
from workflows.bulk_data import Maker, People
from workflows.models import SlaClock, Task, TaskItem, TaskLog, TaskReader, TicketProjection, WorkflowVersion

BATCH = 2_000
MADE_UP_REQUESTERS = 2_000
MADE_UP_WORKERS = 10  # of each role
_PREFIX = "bulk-"


def tasks_seed_bulk(*, count: int, until: datetime, seed: int = 1, progress: Callable[[int], None]) -> int:
    """Stores `count` tasks of the two years before `until`, a batch a transaction; answers how many there are in all.

    They run on the published workflows. The people that auth has told of work the most; made-up ones do the rest.
    `progress` is told how many are stored.
    """
    published = WorkflowVersion.objects.filter(status=WorkflowVersion.Status.PUBLISHED)
    versions = list(published.select_related("workflow", "calendar").prefetch_related("steps__transitions"))
    before = TicketProjection.objects.filter(number__startswith="BULK-").count()
    maker = Maker(count=count, people=_people(versions), versions=versions, until=until, first=before + 1, seed=seed)
    stored = 0
    for made in maker.batches(BATCH):
        with transaction.atomic():
            TicketProjection.objects.bulk_create(made.tickets)
            Task.objects.bulk_create(made.tasks)
            TaskItem.objects.bulk_create(made.items)
            TaskReader.objects.bulk_create(made.readers)
            TaskLog.objects.bulk_create(made.log)
            SlaClock.objects.bulk_create(made.clocks)
        stored += len(made.tasks)
        progress(stored)
    return Task.objects.count()


def _people(versions: Sequence[WorkflowVersion]) -> People:
    known = Person.objects.filter(is_active=True).exclude(username__startswith=_PREFIX).order_by("pk")
    by_role: dict[str, Sequence[UUID]] = {}
    for role in sorted({step.role for version in versions for step in version.steps.all()}):
        holders = known.filter(role_set__role=role).values_list("pk", flat=True)
        by_role[role] = [*holders, *_made_up(role.partition(":")[2], MADE_UP_WORKERS)]
    requesters = known.filter(role_set__role="hdts:employee").values_list("pk", flat=True)
    return People(requesters=[*requesters, *_made_up("requester", MADE_UP_REQUESTERS)], by_role=by_role)


def _made_up(kind: str, count: int) -> list[UUID]:
    """People whom auth does not know, so that lists have names to show: at version 0, as any event of auth's wins."""
    names = [f"{_PREFIX}{kind}-{index}" for index in range(count)]
    present = dict(Person.objects.filter(username__in=names).values_list("username", "pk"))
    Person.objects.bulk_create(
        Person(
            id=uuid7(),
            username=name,
            email=f"{name}@example.com",
            name=name.replace("-", " ").title(),
            time_zone="UTC",
            is_active=False,
            version=0,
        )
        for name in names
        if name not in present
    )
    return list(Person.objects.filter(username__in=names).order_by("pk").values_list("pk", flat=True))
