"""When a schedule files: a recurrence rule of RFC 5545 on the wall clock of a zone. No database, no clock.

A rule says on which days, never more than once a day; the time of day, the zone and the last day stand beside it. So it
has no COUNT, UNTIL, BYHOUR and the like, and of the other parts only those that make sense together: each such rule is
worked out in well under a second, also one that never occurs (30 February).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_DAY = timedelta(days=1)

_WEEKDAY = "(MO|TU|WE|TH|FR|SA|SU)"
_NTH_WEEKDAY = f"([+-]?[1-5])?{_WEEKDAY}"
_MONTH_DAY = "-?([1-9]|[12][0-9]|3[01])"
_INTERVAL = "[1-9][0-9]?"
_MONTHLY = {"INTERVAL": _INTERVAL, "BYMONTHDAY": _MONTH_DAY, "BYDAY": _NTH_WEEKDAY, "BYSETPOS": "-?[1-4]"}
# Frequency -> its parts, and what each entry of a part's list looks like.
PARTS: dict[str, dict[str, str]] = {
    "DAILY": {"INTERVAL": _INTERVAL},
    "WEEKLY": {"INTERVAL": _INTERVAL, "BYDAY": _WEEKDAY, "WKST": _WEEKDAY},
    "MONTHLY": _MONTHLY,
    "YEARLY": {**_MONTHLY, "BYMONTH": "([1-9]|1[0-2])"},
}
_SINGLE = frozenset({"INTERVAL", "WKST"})


class RuleRefused(ValueError):
    """A text that is no rule, or none that a schedule may have; says why."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """`rule` is of checked_rule's form; it is counted from `starts_on`. `time` and `ends_on` (inclusive) are local."""

    rule: str
    starts_on: date
    time: time
    time_zone: str
    ends_on: date | None = None


def checked_rule(text: str) -> str:
    """The rule in capitals, the frequency first, without what is the default.

    Raises RuleRefused.
    """
    parts = _parts(text.upper())
    frequency = parts.pop("FREQ", "")
    if frequency not in PARTS:
        raise RuleRefused(f"A rule begins with FREQ= and one of {', '.join(PARTS)}.")
    known = PARTS[frequency]
    for name, value in parts.items():
        if name not in known:
            raise RuleRefused(f"A rule that is {frequency} has no {name}; it may have {', '.join(known)}.")
        entries = [value] if name in _SINGLE else value.split(",")
        wrong = next((entry for entry in entries if not re.fullmatch(known[name], entry)), None)
        if wrong is not None:
            raise RuleRefused(f"{name} cannot be {wrong or 'empty'}.")
    if "BYDAY" in parts and "BYMONTHDAY" in parts:
        raise RuleRefused("A rule has BYDAY or BYMONTHDAY, not both.")
    if "BYSETPOS" in parts and not re.fullmatch(f"{_WEEKDAY}(,{_WEEKDAY})*", parts.get("BYDAY", "")):
        raise RuleRefused("BYSETPOS chooses among the weekdays of BYDAY, which then have no number.")
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    return ";".join(f"{name}={value}" for name, value in {"FREQ": frequency, **parts}.items())


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals:
            raise RuleRefused("A rule is NAME=VALUE;NAME=VALUE, such as FREQ=WEEKLY;BYDAY=MO.")
        if name in parts:
            raise RuleRefused(f"{name} is there twice.")
        parts[name] = value
    return parts


def occurrences(timetable: Timetable, *, after: datetime) -> Iterator[datetime]:
    """The occurrences later than `after`, in UTC and in order, until `ends_on` or LAST_DAY.

    Where clocks change, a time is what RFC 5545, 3.3.5 makes of it: one that is skipped is as much later as the clocks
    are put forward, of one that comes twice it is the first. That is what zoneinfo does with fold 0.
    """
    zone = ZoneInfo(timetable.time_zone)
    start = datetime.combine(timetable.starts_on, timetable.time)
    end = datetime.combine(timetable.ends_on or LAST_DAY, time.max)
    latest = after
    # A day earlier, for where a zone skips one (Samoa in 2011), two days have the same moments; they count once.
    for local in rrulestr(timetable.rule, dtstart=start).xafter(_wall_clock(after, zone) - _DAY):
        if local > end:
            return
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment > latest:
            latest = moment
            yield moment


def _wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
