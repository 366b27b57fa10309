"""A ticket is reopened: a new run of the work, with a clock of its own; and what a changed category does."""

from datetime import timedelta
from typing import Any

from django.test import TestCase
from django.utils import timezone

from eventbus.inbox import Outcome
from eventbus.testing import deliver, published
from servicekit.ids import uuid7
from servicekit.time import rfc3339
from workflows.models import SlaClock, Task, Workflow, WorkflowVersion
from workflows.tests.cast import Staff, change_ticket, file_ticket, seed, ticket_state


class ReopeningTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.staff = Staff()
        self.first = file_ticket()
        self.finish(self.first)

    def finish(self, task: Task) -> None:
        for person, way in (
            (self.staff.carla, "accept"),
            (self.staff.alice, "resolved"),
            (self.staff.carla, "confirm"),
        ):
            self.assertEqual(person.do_step(task, way).status_code, 200)

    def reopen(self, version: int = 10, previous: str = "Resolved", status: str = "Open", **more: Any) -> Outcome:
        data = ticket_state(self.first.ticket_id, status=status)
        change = {"previous_status": previous}
        return deliver("ticket.status_changed.v1", data=data, change=change, version=version, **more)

    def runs(self) -> list[tuple[int, str]]:
        return list(Task.objects.order_by("run").values_list("run", "status"))

    def test_starts_a_new_run_and_a_new_clock(self) -> None:
        moment = timezone.now() - timedelta(minutes=7)
        self.reopen(occurred_at=rfc3339(moment))
        self.assertEqual(self.runs(), [(1, "completed"), (2, "assigned")])
        second = Task.objects.get(run=2)
        self.assertGreater(second.id, self.first.id)
        self.assertEqual(second.resolution_due_at, moment + timedelta(hours=8))
        self.assertEqual(second.current_step.key, "triage")
        old = SlaClock.objects.get(task=self.first, kind="resolution")
        self.assertIsNotNone(old.ended_at)
        self.assertEqual(published("task.assigned.v1")[-1]["data"]["id"], str(second.id))

    def test_can_happen_again(self) -> None:
        self.reopen()
        self.finish(Task.objects.get(run=2))
        self.reopen(version=20)
        self.assertEqual([run for run, _ in self.runs()], [1, 2, 3])

    def test_the_same_event_or_a_resync_opens_nothing_more(self) -> None:
        event_id = uuid7()
        self.reopen(event_id=event_id)
        self.assertEqual(self.reopen(event_id=event_id), Outcome.DUPLICATE)
        self.reopen(version=11)
        self.finish(Task.objects.get(run=2))
        self.reopen(version=11, resync=True)
        self.assertEqual(self.runs(), [(1, "completed"), (2, "completed")])

    def test_a_state_that_is_older_than_the_completion_is_no_reopening(self) -> None:
        change_ticket(self.first, "In Progress", version=10)
        self.reopen(version=11, previous="Open", status="In Progress")
        self.assertEqual(self.runs(), [(1, "completed")])

    def test_a_ticket_that_was_withdrawn_since_is_not_worked_on(self) -> None:
        change_ticket(self.first, "Withdrawn", version=20)
        self.reopen(version=10)
        self.assertEqual(self.runs(), [(1, "completed")])


class CategoryTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.staff = Staff()

    def test_a_task_without_a_workflow_is_matched_by_the_new_category(self) -> None:
        general = Workflow.objects.get(key="general")
        WorkflowVersion.objects.filter(workflow=general).update(status="retired")
        task = file_ticket(category="unheard-of")
        self.assertEqual((task.status, task.unrouted_reason), ("unrouted", "no_workflow"))
        deliver("ticket.updated.v1", data=ticket_state(task.ticket_id, category="it-support"), version=3)
        task.refresh_from_db()
        self.assertEqual((task.status, task.workflow_version.workflow.key), ("assigned", "it-support"))

    def test_work_that_runs_stays_on_its_workflow(self) -> None:
        task = file_ticket()
        deliver("ticket.updated.v1", data=ticket_state(task.ticket_id, category="budget-proposal"), version=3)
        task.refresh_from_db()
        self.assertEqual(task.workflow_version.workflow.key, "it-support")
