"""When a rule's occurrences are, also where clocks change, held to somebody who watches a clock on the wall."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.recurrence import RuleRefused, Timetable, checked_rule, occurrences

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# With daylight saving in March, October, November and April; half an hour of it; odd offsets; none.
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Auckland", "UTC")
# Days before those zones change their clocks.
CHANGES = (
    date(2026, 3, 6),
    date(2026, 3, 27),
    date(2026, 4, 3),
    date(2026, 9, 25),
    date(2026, 10, 2),
    date(2026, 10, 23),
)


def first(count: int, rule: str, *, zone: str = "UTC", at: str = "09:00", **days: date) -> list[str]:
    """The first occurrences from 1 January 2026, as wall clocks in the zone."""
    starts_on = days.pop("starts_on", date(2026, 1, 1))
    timetable = Timetable(checked_rule(rule), starts_on, time.fromisoformat(at), zone, **days)
    found = islice(occurrences(timetable, after=datetime(2025, 12, 31, 23, 59, tzinfo=UTC)), count)
    return [f"{moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}" for moment in found]


def by_watching(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The minute in which a clock on the wall shows this time first; one that it skips, by the offset before."""
    wanted = datetime.combine(day, at)
    minute = wanted.replace(tzinfo=UTC) - 14 * HOUR  # no zone is further ahead
    while (shown := minute.astimezone(zone).replace(tzinfo=None)) < wanted:
        minute += MINUTE
    if shown == wanted:
        return minute
    before = (minute - MINUTE).astimezone(zone).utcoffset()
    assert before is not None
    return wanted.replace(tzinfo=UTC) - before


class RuleTest(SimpleTestCase):
    def test_usual_rules(self):
        for rule, expected in {
            "FREQ=DAILY;INTERVAL=3": ["Thu 2026-01-01 09:00", "Sun 2026-01-04 09:00"],
            "FREQ=WEEKLY;BYDAY=MO": ["Mon 2026-01-05 09:00", "Mon 2026-01-12 09:00"],
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO": ["Thu 2026-01-01 09:00", "Mon 2026-01-12 09:00"],
            "FREQ=MONTHLY;BYMONTHDAY=31": ["Sat 2026-01-31 09:00", "Tue 2026-03-31 09:00"],
            "FREQ=MONTHLY;BYMONTHDAY=-1": ["Sat 2026-01-31 09:00", "Sat 2026-02-28 09:00"],
            "FREQ=MONTHLY;BYDAY=2TU": ["Tue 2026-01-13 09:00", "Tue 2026-02-10 09:00"],
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1": ["Fri 2026-01-30 09:00", "Fri 2026-02-27 09:00"],
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29": ["Tue 2028-02-29 09:00", "Sun 2032-02-29 09:00"],
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30": [],
        }.items():
            with self.subTest(rule):
                self.assertEqual(first(2, rule), expected)

    def test_the_last_day_is_the_last(self):
        self.assertEqual(first(9, "FREQ=DAILY", ends_on=date(2026, 1, 2))[-1], "Fri 2026-01-02 09:00")
        self.assertEqual(first(9, "FREQ=DAILY", ends_on=date(2025, 12, 31)), [])

    def test_a_rule_that_began_long_ago_still_counts_from_there(self):
        self.assertEqual(first(1, "FREQ=WEEKLY;INTERVAL=2", starts_on=date(2025, 12, 25)), ["Thu 2026-01-08 09:00"])

    def test_rules_in_their_normal_form(self):
        for text, form in {
            "freq=weekly;byday=mo,fr": "FREQ=WEEKLY;BYDAY=MO,FR",
            "BYDAY=1MO;INTERVAL=1;FREQ=MONTHLY": "FREQ=MONTHLY;BYDAY=1MO",
        }.items():
            self.assertEqual(checked_rule(text), form)

    def test_what_is_no_rule_or_not_for_a_schedule_is_refused_with_the_reason(self):
        for text, reason in {
            "": "NAME=VALUE",
            "every Monday": "NAME=VALUE",
            "RRULE:FREQ=DAILY": "begins with FREQ=",
            "BYDAY=MO": "begins with FREQ=",
            "FREQ=SECONDLY": "one of DAILY",
            "FREQ=HOURLY;INTERVAL=2": "one of DAILY",
            "FREQ=DAILY;FREQ=WEEKLY": "twice",
            "FREQ=DAILY;COUNT=3": "has no COUNT",
            "FREQ=DAILY;UNTIL=20270101T000000Z": "has no UNTIL",
            "FREQ=DAILY;BYHOUR=9,10": "has no BYHOUR",
            "FREQ=DAILY;BYDAY=MO": "it may have INTERVAL",
            "FREQ=DAILY;INTERVAL=0": "cannot be 0",
            "FREQ=DAILY;INTERVAL=100": "cannot be 100",
            "FREQ=WEEKLY;BYDAY=1MO": "cannot be 1MO",
            "FREQ=WEEKLY;BYDAY=MO,": "cannot be empty",
            "FREQ=MONTHLY;BYMONTHDAY=32": "cannot be 32",
            "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR": "not both",
            "FREQ=MONTHLY;BYSETPOS=1": "weekdays of BYDAY",
            "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=4": "weekdays of BYDAY",
            "FREQ=YEARLY;BYMONTH=13": "cannot be 13",
        }.items():
            with self.subTest(text), self.assertRaisesMessage(RuleRefused, reason):
                checked_rule(text)


class ClockChangeTest(SimpleTestCase):
    def test_nine_stays_nine(self):
        around = first(90, "FREQ=DAILY", zone="Europe/Berlin")
        self.assertTrue(all(text.endswith("09:00") for text in around))

    def test_a_time_that_is_skipped_is_later_by_as_much(self):
        nights = first(90, "FREQ=DAILY", zone="Europe/Berlin", at="02:30")
        self.assertIn("Sun 2026-03-29 03:30", nights)
        self.assertEqual(len({text[:14] for text in nights}), 90)

    def test_a_time_that_comes_twice_is_once(self):
        timetable = Timetable("FREQ=DAILY", date(2026, 10, 24), time(2, 30), "Europe/Berlin", date(2026, 10, 26))
        moments = list(occurrences(timetable, after=datetime(2026, 10, 1, tzinfo=UTC)))
        self.assertEqual([f"{moment:%d %H:%M}" for moment in moments], ["24 00:30", "25 00:30", "26 01:30"])

    def test_a_day_that_a_zone_leaves_out_gives_no_second_occurrence(self):
        timetable = Timetable("FREQ=DAILY", date(2011, 12, 29), time(9), "Pacific/Apia", date(2011, 12, 31))
        moments = list(occurrences(timetable, after=datetime(2011, 12, 1, tzinfo=UTC)))
        self.assertEqual([f"{moment:%d %H:%M}" for moment in moments], ["29 19:00", "30 19:00"])

    @settings(max_examples=40, deadline=None)
    @given(
        st.sampled_from(ZONES),
        st.sampled_from(CHANGES),
        st.integers(0, 4 * 60).map(lambda minute: time(minute // 60, minute % 60)),
        st.sets(st.sampled_from(WEEKDAYS), min_size=1),
        st.integers(0, 4 * 1440),
    )
    def test_each_is_when_a_clock_on_the_wall_shows_it(
        self, zone: str, begin: date, at: time, weekdays: set[str], minutes: int
    ) -> None:
        rule = f"FREQ=WEEKLY;BYDAY={','.join(sorted(weekdays))}"
        after = datetime.combine(begin, time(), tzinfo=UTC) + minutes * MINUTE
        timetable = Timetable(rule, begin, at, zone, begin + 3 * DAY)
        days = [begin + n * DAY for n in range(4) if WEEKDAYS[(begin + n * DAY).weekday()] in weekdays]
        expected = [by_watching(day, at, ZoneInfo(zone)) for day in days]
        self.assertEqual(list(occurrences(timetable, after=after)), [moment for moment in expected if moment > after])
