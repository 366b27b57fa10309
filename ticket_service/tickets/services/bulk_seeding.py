"""Thousands of made-up tickets, for measuring."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from jwtauth.models import Person
from servicekit.ids import uuid7
from tickets.bulk_data import Maker, People
from tickets.models import AccessGrant, HistoryEntry, Ticket

BATCH = 2_000
MADE_UP_REQUESTERS = 2_000
MADE_UP_STAFF = 40
_PREFIX = "bulk-"

_TAKE = """
    INSERT INTO tickets_numberseries AS series (year, last) VALUES (%s, %s)
    ON CONFLICT (year) DO UPDATE SET last = series.last + excluded.last
    RETURNING last
"""


def tickets_seed_bulk(*, count: int, until: datetime, seed: int = 1, progress: Callable[[int], None]) -> int:
    """Stores `count` tickets of the two years before `until`, a batch a transaction; answers how many there are in all.

    The people that auth has told of file and work the most; some thousand made-up ones do the rest. `progress` is told
    how many are stored.
    """
    maker = Maker(count=count, people=_people(), until=until, seed=seed)
    stored = 0
    for year, times in maker.batches(BATCH):
        with transaction.atomic():
            made = maker.batch(year, times, _numbers_take(year=year, count=len(times)))
            Ticket.objects.bulk_create(made.tickets)
            AccessGrant.objects.bulk_create(made.grants)
            HistoryEntry.objects.bulk_create(made.history)
        stored += len(times)
        progress(stored)
    return Ticket.objects.count()


def _numbers_take(*, year: int, count: int) -> int:
    """The first of the year's next `count` numbers, which are taken with it."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [year, count])
        (last,) = cursor.fetchone()
    return int(last) - count + 1


def _people() -> People:
    known = Person.objects.filter(is_active=True).exclude(username__startswith=_PREFIX).order_by("pk")
    requesters = known.filter(role_set__role="hdts:employee").values_list("pk", flat=True)
    staff = known.filter(role_set__role__startswith="tts:").distinct().values_list("pk", flat=True)
    return People(
        requesters=[*requesters, *_made_up("requester", MADE_UP_REQUESTERS)],
        staff=[*staff, *_made_up("staff", MADE_UP_STAFF)],
    )


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
