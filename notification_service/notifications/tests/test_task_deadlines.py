"""Deadlines and changed hands reach those who can still do something about it, and never an Employee."""

from django.core import mail
from django.test import TestCase

from eventbus.inbox import Outcome
from eventbus.testing import deliver, run_jobs
from notifications.models import Notice
from notifications.tests.cast import ALAN, BOB, CORA, ERIN, NUMBER, kinds, know_ticket, meet, sign_in
from servicekit.testing import assert_problem

DUE = {"clock": "resolution", "due_at": "2026-11-21T17:00:00.000000Z"}
STEP = {"key": "triage", "name": "Triage", "role": "tts:agent"}


class TaskDeadlines(TestCase):
    def setUp(self) -> None:
        know_ticket()
        meet(ERIN, CORA, ALAN, BOB)

    def recipients(self) -> set[str]:
        mail.outbox.clear()
        run_jobs()
        return {message.to[0] for message in mail.outbox}

    def test_a_warning_reaches_who_works_on_it(self) -> None:
        deliver("task.sla_warning.v1", data={"assignee_id": str(ALAN)}, change=DUE)
        self.assertEqual(Notice.objects.get().title, f"{NUMBER}: resolution is due at 2026-11-21 17:00 UTC")
        self.assertEqual((kinds(ALAN), kinds(CORA)), (["task_sla_warning"], []))
        self.assertEqual(self.recipients(), {"alan@example.com"})

    def test_a_warning_that_nobody_works_on_reaches_the_coordinators(self) -> None:
        deliver("task.sla_warning.v1", data={"assignee_id": None}, change=DUE)
        self.assertEqual((kinds(ALAN), kinds(CORA)), ([], ["task_sla_warning"]))

    def test_a_breach_reaches_the_coordinators_too(self) -> None:
        deliver("task.sla_breached.v1", data={"assignee_id": str(ALAN)}, change=DUE)
        self.assertEqual((kinds(ALAN), kinds(CORA)), (["task_sla_breached"], ["task_sla_breached"]))
        self.assertEqual(self.recipients(), {"alan@example.com", "cora@example.com"})

    def test_a_task_that_changes_hands_reaches_both(self) -> None:
        for event_type, kind in (("task.transferred.v1", "task_transferred"), ("task.escalated.v1", "task_escalated")):
            with self.subTest(event_type):
                Notice.objects.all().delete()
                change = {"assignee_id": str(ALAN), "previous_assignee_id": str(CORA), "step": STEP, "reason": "away"}
                deliver(event_type, change=change)
                self.assertEqual((kinds(ALAN), kinds(CORA)), ([kind], [kind]))
                self.assertEqual(self.recipients(), {"alan@example.com", "cora@example.com"})
                self.assertIn("away", mail.outbox[0].body)

    def test_nobody_had_it_before(self) -> None:
        deliver("task.transferred.v1", change={"assignee_id": str(ALAN), "previous_assignee_id": None})
        self.assertEqual((kinds(ALAN), kinds(CORA)), (["task_transferred"], []))

    def test_a_task_moved_by_hand_reaches_who_has_it_after(self) -> None:
        deliver("task.moved.v1", data={"assignee_id": str(ALAN)}, change={"step": STEP, "reason": "wrong queue"})
        self.assertEqual((kinds(ALAN), kinds(CORA)), (["task_moved"], []))
        self.assertEqual(Notice.objects.get().title, f"{NUMBER} was moved to Triage")

    def test_no_employee_hears_of_it(self) -> None:
        deliver("task.sla_breached.v1", data={"assignee_id": str(ERIN)}, change=DUE)
        self.assertEqual((kinds(ERIN), kinds(CORA)), ([], ["task_sla_breached"]))

    def test_a_breach_and_an_escalation_cannot_be_muted(self) -> None:
        for kind in ("task_sla_breached", "task_escalated"):
            for channel in ("inbox", "email"):
                response = sign_in(ALAN).put(f"/api/v1/preferences/{kind}/{channel}/", {"on": False})
                assert_problem(response, 409, "channel_fixed")
        self.assertEqual(
            sign_in(ALAN).put("/api/v1/preferences/task_sla_warning/email/", {"on": False}).status_code, 200
        )

    def test_it_waits_for_the_ticket(self) -> None:
        other = {"ticket_id": "01938c5e-0000-7000-8000-000000000099"}
        for event_type in ("task.sla_warning.v1", "task.escalated.v1"):
            self.assertEqual(deliver(event_type, data=other), Outcome.PARKED)

    def test_a_resync_tells_nobody(self) -> None:
        for event_type in ("task.sla_warning.v1", "task.sla_breached.v1", "task.escalated.v1", "task.moved.v1"):
            deliver(event_type, resync=True)
        self.assertFalse(Notice.objects.exists())
