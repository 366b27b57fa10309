"""Whose turn it is hears of it."""

from django.core import mail
from django.test import TestCase

from eventbus.inbox import Outcome
from eventbus.testing import deliver, run_jobs
from notifications.models import Notice
from notifications.tests.cast import ALAN, CORA, ERIN, NUMBER, kinds, know_ticket, meet


class TaskAssigned(TestCase):
    def setUp(self) -> None:
        meet(ERIN, CORA, ALAN)

    def test_the_new_assignee_gets_a_notice_and_an_email(self) -> None:
        know_ticket()
        deliver("task.assigned.v1", change={"assignee_id": str(ALAN)})
        run_jobs()
        self.assertEqual(Notice.objects.get().title, f"{NUMBER} is yours: Triage")
        self.assertEqual((kinds(ALAN), kinds(CORA), kinds(ERIN)), (["task_assigned"], [], []))
        self.assertEqual([message.to for message in mail.outbox], [["alan@example.com"]])

    def test_each_turn_is_an_event_of_its_own(self) -> None:
        know_ticket()
        deliver("task.assigned.v1", change={"assignee_id": str(ALAN)}, version=2)
        deliver("task.assigned.v1", change={"assignee_id": str(ALAN)}, version=5)
        self.assertEqual(kinds(ALAN), ["task_assigned", "task_assigned"])

    def test_it_waits_for_the_ticket(self) -> None:
        self.assertEqual(deliver("task.assigned.v1"), Outcome.PARKED)
        self.assertFalse(Notice.objects.exists())

    def test_a_resync_tells_nobody(self) -> None:
        know_ticket()
        deliver("task.assigned.v1", resync=True)
        self.assertFalse(Notice.objects.exists())
