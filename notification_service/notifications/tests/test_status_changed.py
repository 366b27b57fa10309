"""The requester follows the ticket's status."""

from django.core import mail
from django.test import TestCase

from eventbus.testing import deliver, run_jobs
from notifications.models import Notice
from notifications.tests.cast import CORA, ERIN, NUMBER, kinds, meet


class StatusChanged(TestCase):
    def setUp(self) -> None:
        meet(ERIN, CORA)

    def change(self, status: str, previous: str, **data: str) -> None:
        deliver(
            "ticket.status_changed.v1",
            data={"status": status, **data},
            change={"previous_status": previous},
            version=2,
        )
        run_jobs()

    def test_the_requester_gets_a_notice_with_both_statuses(self) -> None:
        self.change("Open", "New")
        notice = Notice.objects.get()
        self.assertEqual((notice.user_id, notice.title), (ERIN, f"{NUMBER} is now Open"))
        self.assertIn("was New", notice.body)

    def test_a_step_on_the_way_sends_no_email(self) -> None:
        self.change("In Progress", "Open")
        self.assertEqual(mail.outbox, [])

    def test_the_end_is_sent_by_email_with_the_resolution(self) -> None:
        for status in ("Resolved", "Rejected"):
            with self.subTest(status):
                mail.outbox.clear()
                self.change(status, "In Progress", resolution="Battery replaced.")
                (message,) = mail.outbox
                self.assertEqual(message.to, ["erin@example.com"])
                self.assertIn(f"is now {status}", message.body)
                self.assertIn("Battery replaced.", message.body)

    def test_the_assignee_is_not_told(self) -> None:
        self.change("Open", "New")
        self.assertEqual(kinds(CORA), [])

    def test_a_resync_tells_nobody(self) -> None:
        deliver("ticket.status_changed.v1", resync=True)
        self.assertFalse(Notice.objects.exists())
