"""A ticket that nobody would work on is put before every coordinator."""

from uuid import UUID

from django.core import mail
from django.test import TestCase

from eventbus.inbox import Outcome
from eventbus.testing import deliver, run_jobs
from notifications.models import Notice
from notifications.tests.cast import ALAN, CORA, ERIN, kinds, know_ticket, meet

CARL = UUID("01938c5e-0000-7000-8000-000000000005")


class TaskUnrouted(TestCase):
    def setUp(self) -> None:
        know_ticket()

    def test_every_coordinator_gets_a_notice_and_nobody_else(self) -> None:
        meet(ERIN, CORA, ALAN)
        deliver(
            "user.changed.v1",
            data={"id": CARL, "username": "carl", "email": "carl@example.com", "roles": ["tts:ticket-coordinator"]},
        )
        deliver("task.unrouted.v1")
        self.assertEqual((kinds(CORA), kinds(CARL)), (["task_unrouted"], ["task_unrouted"]))
        self.assertEqual((kinds(ERIN), kinds(ALAN)), ([], []))
        self.assertIn("no workflow matches", Notice.objects.filter(user_id=CORA).get().body)

    def test_no_email_is_sent(self) -> None:
        meet(CORA)
        deliver("task.unrouted.v1")
        run_jobs()
        self.assertEqual(mail.outbox, [])

    def test_without_a_coordinator_it_waits_instead_of_being_dropped(self) -> None:
        meet(ERIN, ALAN)
        self.assertEqual(deliver("task.unrouted.v1"), Outcome.PARKED)

    def test_a_resync_tells_nobody(self) -> None:
        meet(CORA)
        deliver("task.unrouted.v1", resync=True)
        self.assertEqual(kinds(CORA), [])
