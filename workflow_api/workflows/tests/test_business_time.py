"""Business time against a counter that asks the wall clock of every single minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.business_time import AROUND_THE_CLOCK, Hours, NeverOpen, counted, due, elapsed

MINUTE = timedelta(minutes=1)
# With daylight saving in March, October, November and April; half an hour of it; odd offsets; none.
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Auckland", "UTC")
# Around the days on which those zones change their clocks, so that most examples meet one.
CHANGES = (date(2026, 3, 6), date(2026, 3, 27), date(2026, 4, 3), date(2026, 9, 25), date(2026, 10, 23))


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Up to three intervals that do not overlap."""
    marks = sorted(draw(st.sets(st.integers(0, 24 * 60), max_size=6)))
    return tuple(zip(marks[::2], marks[1::2], strict=False))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Hours, datetime, datetime, list[tuple[datetime, datetime]]]:
    first = draw(st.sampled_from(CHANGES))
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) + draw(st.integers(0, 3 * 1440)) * MINUTE
    hours = Hours(
        draw(st.sampled_from(ZONES)),
        tuple(draw(days()) for _ in range(7)),
        frozenset(first + timedelta(days=n) for n in draw(st.sets(st.integers(0, 6), max_size=2))),
    )
    pauses = []
    for begin, length in draw(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 2000)), max_size=3)):
        pauses.append((start + begin * MINUTE, start + (begin + length) * MINUTE))
    return hours, start, start + draw(st.integers(0, 2 * 1440)) * MINUTE, pauses


def is_open(hours: Hours, moment: datetime, pauses: list[tuple[datetime, datetime]]) -> bool:
    local = moment.astimezone(ZoneInfo(hours.zone))
    minute = local.hour * 60 + local.minute
    return (
        local.date() not in hours.holidays
        and any(first <= minute < after for first, after in hours.week[local.weekday()])
        and not any(begin <= moment < end for begin, end in pauses)
    )


class PropertyTest(SimpleTestCase):
    @settings(max_examples=80, deadline=None)
    @given(cases())
    def test_elapsed_is_the_number_of_open_minutes(self, case: tuple[Hours, datetime, datetime, list]) -> None:
        hours, start, end, pauses = case
        minutes = (start + n * MINUTE for n in range((end - start) // MINUTE))
        self.assertEqual(elapsed(hours, start, end, pauses) // MINUTE, sum(is_open(hours, m, pauses) for m in minutes))

    @settings(max_examples=80, deadline=None)
    @given(cases(), st.integers(1, 600))
    def test_a_deadline_is_where_the_last_open_minute_ends(self, case: tuple, minutes: int) -> None:
        hours, start, _, pauses = case
        moment, left = start, minutes
        while left and moment < start + timedelta(days=9):
            left -= is_open(hours, moment, pauses)
            moment += MINUTE
        if left == 0:
            self.assertEqual(due(hours, start, minutes * MINUTE, pauses), moment)

    @given(cases())
    @settings(max_examples=40, deadline=None)
    def test_what_counts_is_in_order_and_does_not_overlap(self, case: tuple) -> None:
        hours, start, end, pauses = case
        spans = counted(hours, start, end, pauses)
        edges = [edge for span in spans for edge in span]
        self.assertEqual(edges, sorted(edges))
        self.assertTrue(all(opened < closed for opened, closed in spans))


class BusinessTimeTest(SimpleTestCase):
    OFFICE = Hours("Europe/Berlin", (((480, 720), (780, 1020)),) * 5 + ((), ()), frozenset({date(2026, 12, 25)}))

    def test_lunch_night_weekend_and_a_holiday_do_not_count(self) -> None:
        thursday = datetime(2026, 12, 24, 15, 30, tzinfo=UTC)  # 16:30 in Berlin, half an hour before closing
        self.assertEqual(due(self.OFFICE, thursday, timedelta(hours=5)), datetime(2026, 12, 28, 12, 30, tzinfo=UTC))

    def test_the_same_wall_time_on_both_sides_of_a_change_of_clocks(self) -> None:
        friday = datetime(2026, 3, 27, 14, 0, tzinfo=UTC)  # 15:00 CET
        monday = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)  # 10:00 CEST
        self.assertEqual(due(self.OFFICE, friday, timedelta(hours=4)), monday)

    def test_around_the_clock_is_elapsed_time(self) -> None:
        start = datetime(2026, 3, 27, 14, 0, 1, 5, tzinfo=UTC)
        self.assertEqual(due(AROUND_THE_CLOCK, start, timedelta(days=40)), start + timedelta(days=40))

    def test_hours_that_never_open_are_refused(self) -> None:
        with self.assertRaises(NeverOpen):
            due(Hours("UTC", ((),) * 7, frozenset()), datetime(2026, 1, 1, tzinfo=UTC), MINUTE)
