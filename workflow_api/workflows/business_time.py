"""Arithmetic of business time: open hours of a week in a time zone, holidays, and pauses. No database, no clock.

A moment counts when the wall clock of the zone shows an open time on a day that is no holiday. An hour that daylight
saving repeats is therefore counted twice when it is open, and one that is skipped is not counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
DAY = timedelta(days=1)
MINUTES_OF_DAY = 24 * 60
HORIZON = timedelta(days=3660)  # a deadline beyond it is a definition that never opens


class NeverOpen(ValueError):
    """The hours leave no time to work in within ten years."""


@dataclass(frozen=True, slots=True)
class Hours:
    """`week`: for Monday to Sunday the open intervals, each (first minute of the day, minute after the last)."""

    zone: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    holidays: frozenset[date]


AROUND_THE_CLOCK = Hours("UTC", (((0, MINUTES_OF_DAY),),) * 7, frozenset())


def open_spans(hours: Hours, start: datetime, end: datetime) -> Iterator[Span]:
    """The open time between two moments, as spans in UTC, in order, without overlap."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    day = start.date()
    while day <= end.date():
        for opened, closed in _open_in_utc_day(hours, day):
            span = max(opened, start), min(closed, end)
            if span[0] < span[1]:
                yield span
        day += DAY


def counted(hours: Hours, start: datetime, end: datetime, pauses: Iterable[Span] = ()) -> list[Span]:
    """What of the time between two moments counts: open, and not paused."""
    spans = list(open_spans(hours, start, end))
    for paused_from, paused_to in pauses:
        spans = [
            (left, right)
            for opened, closed in spans
            for left, right in ((opened, min(closed, paused_from)), (max(opened, paused_to), closed))
            if left < right
        ]
    return spans


def elapsed(hours: Hours, start: datetime, end: datetime, pauses: Iterable[Span] = ()) -> timedelta:
    """How much business time lies between two moments."""
    return sum((closed - opened for opened, closed in counted(hours, start, end, pauses)), timedelta())


def due(hours: Hours, start: datetime, duration: timedelta, pauses: Iterable[Span] = ()) -> datetime:
    """The moment at which `duration` of business time has passed since `start`, in UTC.

    Raises: NeverOpen.
    """
    pauses = list(pauses)
    left, begin = duration, start
    # In pieces, so that a deadline of an hour does not walk through ten years.
    while begin < start + HORIZON:
        end = begin + 14 * DAY
        for opened, closed in counted(hours, begin, end, pauses):
            if closed - opened >= left:
                return opened + left
            left -= closed - opened
        begin = end
    raise NeverOpen


@lru_cache(maxsize=4096)
def _open_in_utc_day(hours: Hours, day: date) -> tuple[Span, ...]:
    spans: list[Span] = []
    for begin, end in _steady(ZoneInfo(hours.zone), datetime(day.year, day.month, day.day, tzinfo=UTC)):
        offset = _offset(ZoneInfo(hours.zone), begin)
        local_day = (begin + offset).date()
        while local_day <= (end + offset).date():
            midnight = datetime(local_day.year, local_day.month, local_day.day, tzinfo=UTC) - offset
            for first, after in () if local_day in hours.holidays else hours.week[local_day.weekday()]:
                opened = max(begin, midnight + timedelta(minutes=first))
                closed = min(end, midnight + timedelta(minutes=after))
                if opened < closed:
                    spans.append((opened, closed))
            local_day += DAY
    return tuple(spans)


def _steady(zone: ZoneInfo, begin: datetime) -> list[Span]:
    """A UTC day in parts of one offset each; no zone changes its offset twice within a day."""
    end = begin + DAY
    if _offset(zone, begin) == _offset(zone, end):
        return [(begin, end)]
    before, after = begin, end
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(zone, middle) == _offset(zone, begin):
            before = middle
        else:
            after = middle
    return [(begin, after), (after, end)]


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
