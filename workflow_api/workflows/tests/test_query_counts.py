"""A list takes as many queries for 20 rows as for 2; reading a task and acting on it take few."""

import re

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from eventbus.models import InboxEvent
from servicekit.ids import uuid7
from workflows.models import Calendar, Task
from workflows.tests.cast import ADMIN, Someone, Staff, file_ticket, one_step, publish, seed

# What begins and ends a transaction, and the lock of an Idempotency-Key, which PostgreSQL ends with it.
TRANSACTION = re.compile("SAVEPOINT|pg_try_advisory_xact_lock")


class QueryCountsTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.staff = Staff()

    def queries(self, who: Someone, path: str, rows: int | None = None) -> int:
        client = who.client
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        self.assertEqual(response.status_code, 200)
        if rows is not None:
            self.assertEqual(len(response.json()["results"]), rows)
        return len(captured)

    def test_lists_of_tasks(self) -> None:
        paths = {"/api/v1/tasks/?scope=all": self.staff.carla, "/api/v1/tasks/?scope=mine": self.staff.carla}
        for _ in range(2):
            file_ticket()
        few = {path: self.queries(who, path, 2) for path, who in paths.items()}
        for _ in range(18):
            file_ticket()
        many = {path: self.queries(who, path, 20) for path, who in paths.items()}
        self.assertEqual(few, many)
        self.assertLessEqual(max(many.values()), 4)

    def test_the_list_of_workflows(self) -> None:
        few = self.queries(self.staff.carla, "/api/v1/workflows/", 5)
        for number in range(15):
            publish(one_step(f"w{number}", category=f"c{number}"))
        self.assertEqual(self.queries(self.staff.carla, "/api/v1/workflows/", 20), few)

    def test_the_lists_of_calendars_and_dead_letters(self) -> None:
        ada = Someone("Ada", ADMIN)
        paths = ("/api/v1/calendars/", "/api/v1/dead-letters/")

        def grow(rows: int) -> None:
            for number in range(rows):
                Calendar.objects.create(key=f"calendar-{uuid7()}", name=str(number))
                InboxEvent.objects.create(event_id=uuid7(), type="a.b.v1", producer="x", state="dead", envelope={})

        grow(2)
        few = [self.queries(ada, path) for path in paths]
        grow(18)
        self.assertEqual([self.queries(ada, path) for path in paths], few)
        self.assertLessEqual(max(few), 3)

    def test_a_drawing_whatever_the_history(self) -> None:
        task = file_ticket()
        path = f"/api/v1/tasks/{task.id}/graph/"
        few = self.queries(self.staff.carla, path)
        self.staff.carla.do_step(task, "accept")
        self.staff.alice.do_step(task, "return")
        self.assertEqual(self.queries(self.staff.carla, path), few)

    def test_a_transition_takes_ten_with_outbox_log_and_key_and_eight_more_to_find_the_next_person(self) -> None:
        """What is immutable has been read before, as in life."""
        for task in (file_ticket(), file_ticket()):
            counts = [
                self.action(self.staff.carla, task, "start"),
                self.action(self.staff.carla, task, "completion", {"transition": "accept"}),
                self.action(self.staff.alice, task, "start"),
            ]
        self.assertEqual(counts, [10, 18, 10])

    def test_working_the_clocks_out_anew_takes_three_or_four_more(self) -> None:
        for task in (file_ticket(), file_ticket()):
            counts = [
                self.action(self.staff.carla, task, "hold", {"reason": "waiting for parts"}),
                self.action(self.staff.carla, task, "resumption"),
            ]
        self.assertEqual(counts, [13, 14])

    def action(self, who: Someone, task: Task, action: str, body: dict[str, str] | None = None) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = who.act(task, action, body, **{"Idempotency-Key": f"{task.id}-{action}-{who.name}"})
        self.assertEqual(answer.status_code, 200, answer.content)
        return sum(not TRANSACTION.search(query["sql"]) for query in captured.captured_queries)

    def test_one_task_whatever_its_history(self) -> None:
        task = file_ticket()
        path = f"/api/v1/tasks/{task.id}/"
        self.queries(self.staff.carla, path)  # what is immutable is kept after this
        few = self.queries(self.staff.carla, path)
        self.staff.carla.do_step(task, "accept")
        self.staff.alice.do_step(task, "return")
        self.staff.carla.do_step(task, "accept")
        self.assertEqual(self.queries(self.staff.carla, path), few)
        self.assertLessEqual(few, 3)
