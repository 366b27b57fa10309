"""A task is put aside and taken up again."""

from datetime import datetime, timedelta

import time_machine
from django.test import TestCase
from django.utils import timezone

from eventbus.testing import published
from servicekit.testing import assert_problem
from servicekit.time import rfc3339
from workflows.models import Task
from workflows.tests.cast import Staff, file_ticket, seed


class HoldTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.carla = Staff().carla
        self.task = file_ticket(created_at=rfc3339(timezone.now()))

    def test_the_reason_is_told_and_nothing_but_resumption_is_possible(self) -> None:
        answer = self.carla.act(self.task, "hold", {"reason": "Waiting for a part."}).json()
        self.assertEqual((answer["status"], answer["hold_reason"]), ("on_hold", "Waiting for a part."))
        self.assertEqual(answer["actions"], ["resumption", "transfer"])
        self.assertEqual(published("task.held.v1")[0]["change"], {"reason": "Waiting for a part."})
        assert_problem(self.carla.act(self.task, "start"), 409, "action_not_allowed")
        assert_problem(self.carla.act(self.task, "hold", {"reason": "Again."}), 409, "action_not_allowed")

    def test_a_resumption_returns_to_the_status_before(self) -> None:
        for status in ("assigned", "in_progress"):
            with self.subTest(status):
                self.carla.act(self.task, "hold", {"reason": "Lunch."})
                answer = self.carla.act(self.task, "resumption").json()
                self.assertEqual((answer["status"], answer["hold_reason"]), (status, ""))
                self.carla.act(self.task, "start")
        self.assertEqual(len(published("task.resumed.v1")), 2)

    def test_the_deadlines_move_by_the_time_that_it_was_held(self) -> None:
        self.carla.act(self.task, "hold", {"reason": "Waiting."})
        held = Task.objects.get()
        with time_machine.travel(timezone.now() + timedelta(hours=3)):
            answer = self.carla.act(self.task, "resumption").json()
        for field in ("step_due_at", "resolution_due_at"):
            moved = datetime.fromisoformat(answer[field]) - getattr(held, field)
            self.assertEqual(moved // timedelta(minutes=1), 180)
        self.assertEqual(answer["items"][0]["due_at"], answer["step_due_at"])

    def test_a_hold_needs_a_reason(self) -> None:
        for body in ({}, {"reason": ""}, {"reason": "  "}, {"reason": None}):
            with self.subTest(body):
                assert_problem(self.carla.act(self.task, "hold", body), 400, "validation_error")
