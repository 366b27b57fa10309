"""One click in Erin's mail client mutes one kind of e-mail, hers, and nothing else."""

from typing import Any

from django.core import mail
from django.test import TestCase, override_settings
from rest_framework.test import APIClient

from eventbus.testing import deliver, run_jobs
from notifications.channels.unsubscribing import token
from notifications.models import Preference
from notifications.tests.cast import ALAN, ERIN, know_ticket, meet
from servicekit.testing import assert_problem

BASE = "https://desk.example.com/notifications"


@override_settings(NOTIFICATION_PUBLIC_URL=BASE)
class Unsubscribe(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN)
        self.client_of_the_mail = APIClient()

    def headers(self) -> dict[str, str]:
        run_jobs()
        found: dict[str, str] = mail.outbox[-1].extra_headers
        return found

    def click(self, path: str) -> Any:
        return self.client_of_the_mail.post(
            path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )

    def test_one_click_mutes_the_kind(self) -> None:
        deliver("ticket.created.v1")
        headers = self.headers()
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        path = headers["List-Unsubscribe"].strip("<>").removeprefix(BASE)
        self.assertEqual(self.client_of_the_mail.get(path).json(), {"kind": "ticket_received", "on": True})
        self.assertFalse(Preference.objects.exists())
        for _ in range(2):
            self.assertEqual(self.click(path).json(), {"kind": "ticket_received", "on": False})
        row = Preference.objects.get()
        self.assertEqual((row.user_id, row.kind, row.channel, row.is_on), (ERIN, "ticket_received", "email", False))
        deliver("ticket.created.v1")
        run_jobs()
        self.assertEqual(len(mail.outbox), 1)

    def test_what_must_come_has_no_such_link(self) -> None:
        know_ticket()
        deliver("task.escalated.v1", change={"assignee_id": str(ALAN), "previous_assignee_id": None})
        self.assertNotIn("List-Unsubscribe", self.headers())
        path = f"/api/v1/unsubscribe/{token(user_id=ALAN, kind='task_escalated')}/"
        assert_problem(self.click(path), 409, "channel_fixed")

    @override_settings(NOTIFICATION_PUBLIC_URL="")
    def test_without_a_public_address_there_is_none(self) -> None:
        deliver("ticket.created.v1")
        self.assertNotIn("List-Unsubscribe", self.headers())

    def test_a_link_that_was_not_made_here(self) -> None:
        good = token(user_id=ERIN, kind="comment_added")
        for text in (good[:-1], good + "x", "x", f"{good}:{good}", token(user_id=ERIN, kind="nothing")):
            with self.subTest(text):
                for method in (self.click, self.client_of_the_mail.get):
                    assert_problem(method(f"/api/v1/unsubscribe/{text}/"), 404, "unsubscribe_token_invalid")
        self.assertFalse(Preference.objects.exists())
