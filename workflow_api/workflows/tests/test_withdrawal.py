"""The requester withdraws the ticket: its task is cancelled."""

from django.test import TestCase

from eventbus.testing import deliver, published
from servicekit.testing import assert_problem
from workflows.models import TaskItem
from workflows.tests.cast import Staff, change_ticket, file_ticket, one_step, publish, seed, ticket_state


class WithdrawalTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.staff = Staff()
        self.task = file_ticket()

    def test_cancels_the_task_and_releases_the_turn(self) -> None:
        change_ticket(self.task, "Withdrawn")
        self.task.refresh_from_db()
        self.assertEqual((self.task.status, self.task.assignee_id), ("cancelled", None))
        self.assertEqual(published("task.cancelled.v1")[0]["change"], {"reason": "ticket_withdrawn"})
        self.assertIsNotNone(TaskItem.objects.get().released_at)

    def test_the_assignee_is_told_what_happened(self) -> None:
        change_ticket(self.task, "Withdrawn")
        problem = assert_problem(self.staff.carla.act(self.task, "start"), 409, "task_changed")
        self.assertEqual((problem["changed_by"], problem["task_status"]), ("Erin Employee", "cancelled"))

    def test_any_later_state_of_the_ticket_cancels_once(self) -> None:
        for version in (6, 7):
            deliver("ticket.updated.v1", data=ticket_state(self.task.ticket_id, status="Withdrawn"), version=version)
        self.assertEqual(len(published("task.cancelled.v1")), 1)

    def test_the_other_ends_of_a_ticket_cancel_too(self) -> None:
        for status in ("Closed", "Rejected", "Merged"):
            with self.subTest(status):
                task = file_ticket()
                change_ticket(task, status)
                task.refresh_from_db()
                self.assertEqual((task.status, task.cancel_reason), ("cancelled", f"ticket_{status.lower()}"))

    def test_a_completed_task_stays_completed(self) -> None:
        publish(one_step("quick", category="quick"))
        task = file_ticket(category="quick")
        self.staff.alice.do_step(task, "done", "Done.")
        change_ticket(task, "Closed")
        task.refresh_from_db()
        self.assertEqual(task.status, "completed")

    def test_an_unrouted_task_is_cancelled_too(self) -> None:
        self.staff.carla.tell(active=False)
        task = file_ticket()
        self.assertEqual(task.status, "unrouted")
        change_ticket(task, "Withdrawn")
        task.refresh_from_db()
        self.assertEqual(task.status, "cancelled")
