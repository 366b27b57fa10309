"""A dashboard has figures, of what its viewer may see, and as many queries at any size."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.test import TestCase

from eventbus import testing as bus
from jwtauth.testing import SignedInClient
from servicekit.testing import assert_problem
from tickets.bulk_data import uuid7_at
from tickets.models import Ticket
from tickets.services.bulk_seeding import tickets_seed_bulk
from tickets.tests.cast import Cast, Task

STATISTICS = "/api/v1/statistics/"
# A Friday; 23:30 in UTC is Saturday in Berlin.
NOW = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


class StatisticsTest(Cast, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(mock.patch("tickets.api.statistics_views.timezone.now", return_value=NOW))

    def figures(self, client: SignedInClient | None = None, **query: Any) -> dict[str, Any]:
        response = (client or self.cora).get(STATISTICS, query)
        self.assertEqual(response.status_code, 200, response.content)
        return response.json()

    def stored(self, created: datetime, **columns: Any) -> Ticket:
        """A ticket of Alice's as if it had been filed then."""
        count = Ticket.objects.count()
        ticket = Ticket.objects.create(
            id=uuid7_at(created, random.Random(count)),
            number=f"TTS-2026-{900_000 + count}",
            subject="Laptop",
            category_id="general",
            requester_id=self.alice.user_id,
            created_at=created,
            **columns,
        )
        ticket.grants.create(grantee=f"user:{self.alice.user_id}", reason="requester")
        return ticket

    def test_open_tickets_are_counted_by_what_they_are(self):
        self.file(priority="High")
        Task(self.file(category="general", sub_category="")).assigned(self.gina)
        task = Task(self.file())
        task.assigned(self.gina)
        task.completed()
        found = self.figures()["open"]
        self.assertEqual((found["total"], found["unassigned"]), (2, 1))
        self.assertEqual(found["by_status"], [{"key": "New", "count": 1}, {"key": "Open", "count": 1}])
        self.assertEqual(found["by_category"], [{"key": "general", "count": 1}, {"key": "it-support", "count": 1}])
        self.assertEqual(found["by_priority"], [{"key": "High", "count": 1}, {"key": "Medium", "count": 1}])

    def test_days_are_those_of_the_callers_zone(self):
        self.stored(NOW - timedelta(minutes=90), status="Open")
        self.stored(NOW, status="Resolved", resolved_at=NOW + timedelta(minutes=10))
        utc = self.figures(days=2)
        self.assertEqual((utc["time_zone"], utc["until"]), ("UTC", "2026-11-20"))
        self.assertEqual(utc["days"][1], {"date": "2026-11-20", "created": 2, "resolved": 1})
        berlin = self.figures(days=2, time_zone="Europe/Berlin")
        self.assertEqual(
            berlin["days"],
            [{"date": "2026-11-20", "created": 1, "resolved": 0}, {"date": "2026-11-21", "created": 1, "resolved": 1}],
        )
        bus.deliver("user.changed.v1", data={"id": str(self.cora.user_id), "time_zone": "Europe/Berlin"})
        self.assertEqual(self.figures(days=2), berlin)

    def test_what_lies_before_the_period_is_not_counted(self):
        long_ago = NOW - timedelta(days=31)
        self.stored(long_ago, status="Closed", resolved_at=long_ago, rating=1)
        found = self.figures()
        self.assertEqual(sum(day["created"] + day["resolved"] for day in found["days"]), 0)
        self.assertEqual((len(found["days"]), found["resolution"]["count"], found["ratings"]["count"]), (30, 0, 0))
        self.assertEqual((found["resolution"]["median_hours"], found["ratings"]["average"]), (None, None))

    def test_time_to_resolution_is_told_by_median_and_ninth_tenth(self):
        for hours in (1, 2, 3, 4, 10):
            filed = NOW - timedelta(hours=12)
            self.stored(filed, status="Resolved", resolved_at=filed + timedelta(hours=hours))
        self.assertEqual(self.figures()["resolution"], {"count": 5, "median_hours": 3.0, "p90_hours": 7.6})

    def test_ratings_are_averaged_and_spread(self):
        for rating in (5, 4, 4):
            self.stored(NOW - timedelta(hours=2), status="Closed", resolved_at=NOW, rating=rating)
        found = self.figures()["ratings"]
        self.assertEqual((found["count"], found["average"]), (3, 4.33))
        self.assertEqual([entry["count"] for entry in found["distribution"]], [0, 0, 0, 2, 1])

    def test_nobody_counts_what_they_may_not_see(self):
        self.file()
        Task(self.file(self.bob)).assigned(self.gina)
        self.assertEqual(self.figures(self.alice)["open"]["total"], 1)
        self.assertEqual(self.figures(self.gina)["open"]["total"], 1)
        self.assertEqual(self.figures(self.max)["open"]["total"], 1)  # the step is his role's
        self.assertEqual(self.figures(self.cora)["open"]["total"], 2)

    def test_a_wrong_period_or_zone_is_told(self):
        assert_problem(self.cora.get(STATISTICS, {"days": 0}), 400, "validation_error")
        assert_problem(self.cora.get(STATISTICS, {"days": 367}), 400, "validation_error")
        assert_problem(self.cora.get(STATISTICS, {"time_zone": "Europe/Atlantis"}), 400, "validation_error")

    def test_queries_are_as_many_at_any_size(self):
        tickets_seed_bulk(count=200, until=NOW, progress=lambda stored: None)
        for caller in (self.cora, self.gina):
            with self.assertNumQueries(7):  # whether the token is revoked, the caller's zone, and five of figures
                self.figures(caller, days=366)
