"""A lead looks back: what came and went, how long steps take, promises kept, who has how much."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from servicekit.testing import assert_problem
from workflows.models import Task
from workflows.seeds import AGENT, COORDINATOR
from workflows.services.bulk_seeding import tasks_seed_bulk
from workflows.tests.cast import Someone, Staff, file_ticket, seed

# A Friday; 23:30 in UTC is Saturday in Berlin.
FRIDAY = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


class ReportsTest(TestCase):
    def setUp(self) -> None:
        # Tokens are made with real time; only what the services do is told by this clock.
        self.clock = self.enterContext(time_machine.travel(FRIDAY - timedelta(hours=10), tick=False))
        seed()
        self.staff = Staff()

    def report(self, name: str, **query: Any) -> list[dict[str, Any]]:
        response = self.staff.carla.client.get(f"/api/v1/reports/{name}/", query)
        self.assertEqual(response.status_code, 200, response.content)
        return response.json()

    def later(self, **how: int) -> None:
        self.clock.shift(timedelta(**how))

    def filed(self, **data: Any) -> Any:
        return file_ticket(created_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z"), **data)

    def test_throughput_by_days_of_a_zone(self) -> None:
        task = self.filed(category="general")
        self.staff.carla.do_step(task, "accept")
        self.later(hours=10)  # now it is Saturday in Berlin
        self.staff.alice.do_step(task, "resolved")
        self.filed()
        self.assertEqual(self.report("throughput", days=1), [{"date": "2026-11-20", "created": 2, "completed": 1}])
        berlin = self.report("throughput", days=2, time_zone="Europe/Berlin")
        self.assertEqual([(row["created"], row["completed"]) for row in berlin], [(1, 0), (1, 1)])
        only = self.report("throughput", days=1, workflow="it-support")
        self.assertEqual((only[0]["created"], only[0]["completed"]), (1, 0))

    def test_time_per_step_slowest_first(self) -> None:
        for minutes in (10, 20, 60):
            task = self.filed(category="general")
            self.later(minutes=minutes)
            self.staff.carla.do_step(task, "accept")
            self.later(minutes=100)
            self.staff.alice.do_step(task, "resolved")
        rows = self.report("steps")
        self.assertEqual(
            [(row["step"], row["turns"], row["median_minutes"]) for row in rows],
            [("resolve", 3, 100.0), ("triage", 3, 20.0)],
        )
        self.assertEqual(rows[1]["p90_minutes"], 52.0)
        self.assertEqual(self.report("steps", workflow="general"), rows)
        self.assertEqual(self.report("steps", workflow="it-support"), [])
        self.later(days=40)
        self.assertEqual(self.report("steps"), [])

    def test_promises_kept_and_missed(self) -> None:
        quick, slow = (
            self.filed(category="general", priority="Critical"),
            self.filed(category="general", priority="Critical"),
        )
        for task, wait in ((quick, 1), (slow, 20)):
            self.later(hours=wait)
            self.staff.carla.do_step(task, "accept")
            self.staff.alice.do_step(task, "resolved")
        cancelled = self.filed(category="general")
        self.staff.carla.act(cancelled, "cancellation", {"reason": "x"})
        expected = {
            "workflow": "general",
            "clock": "resolution",
            "total": 2,
            "kept": 1,
            "missed": 1,
            "kept_percent": 50.0,
        }
        self.assertEqual(self.report("sla"), [expected])
        self.assertEqual(self.report("sla", workflow="general"), [expected])
        self.assertEqual(self.report("sla", workflow="it-support"), [])

    def test_load_per_person(self) -> None:
        conrad = Someone("Conrad", COORDINATOR)
        tasks = [self.filed(priority="Critical") for _ in range(3)]  # Carla, Conrad, Carla
        self.staff.carla.act(tasks[2], "start")
        self.staff.carla.act(tasks[2], "hold", {"reason": "x"})
        self.later(days=3)
        row, other = self.report("load")
        self.assertEqual(
            {key: row[key] for key in ("name", "open", "begun", "overdue", "on_hold")},
            {"name": "Carla", "open": 2, "begun": 1, "overdue": 1, "on_hold": 1},
        )
        self.assertEqual((other["id"], other["open"], other["overdue"]), (str(conrad.id), 1, 1))
        self.assertEqual(self.report("load", workflow="general"), [])

    def test_load_per_role(self) -> None:
        tasks = [self.filed(priority="Critical") for _ in range(3)]
        self.staff.carla.do_step(tasks[0], "accept")
        self.staff.carla.act(tasks[1], "hold", {"reason": "x"})
        Task.objects.filter(pk=tasks[2].pk).update(assignee_id=None, status="queued")
        self.later(days=3)
        coordinators, agents = self.report("roles")
        self.assertEqual(coordinators, {"role": COORDINATOR, "open": 2, "unassigned": 1, "overdue": 1, "on_hold": 1})
        self.assertEqual((agents["role"], agents["open"], agents["unassigned"]), (AGENT, 1, 0))
        self.assertEqual(self.report("roles", workflow="general"), [])

    def test_what_is_asked_for_has_bounds(self) -> None:
        for query in ({"days": 0}, {"days": 367}, {"days": "x"}, {"time_zone": "Mars/Base"}, {"workflow": "a b"}):
            assert_problem(self.staff.carla.client.get("/api/v1/reports/throughput/", query), 400, "validation_error")
        self.assertEqual(Someone("Bob", AGENT).client.get("/api/v1/reports/load/").status_code, 403)

    def test_as_many_queries_for_many_tasks_as_for_few(self) -> None:
        self.filed()
        few = {name: self.queries(name) for name in ("throughput", "steps", "sla", "load", "roles")}
        tasks_seed_bulk(count=200, until=datetime.now(UTC), progress=lambda stored: None)
        self.assertEqual({name: self.queries(name) for name in few}, few)
        self.assertLessEqual(max(few.values()), 3)

    def queries(self, name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            self.report(name)
        return len(captured)
