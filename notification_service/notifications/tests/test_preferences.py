"""What Erin is told, and how, is hers to choose, but for what nobody may miss."""

from typing import Any

from django.core import mail
from django.test import TestCase

from eventbus.testing import deliver, run_jobs
from notifications.models import Decision, Notice
from notifications.tests.cast import ALAN, ERIN, kinds, know_ticket, meet, sign_in
from servicekit.testing import assert_problem


class Preferences(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN)
        self.erin, self.alan = sign_in(ERIN), sign_in(ALAN)

    def choose(self, kind: str, channel: str, **choice: Any) -> list[dict[str, Any]]:
        response = self.erin.put(f"/api/v1/preferences/{kind}/{channel}/", choice)
        self.assertEqual(response.status_code, 200)
        found: list[dict[str, Any]] = response.json()["preferences"]
        return found

    def matrix(self, client: Any) -> dict[tuple[str, str], dict[str, Any]]:
        rows = client.get("/api/v1/preferences/").json()["preferences"]
        return {(row["kind"], row["channel"]): row for row in rows}

    def test_everything_is_on_until_she_chooses(self) -> None:
        rows = self.matrix(self.erin)
        self.assertTrue(all(row["on"] and not row["digest_minutes"] for row in rows.values()))
        self.assertIn(("ticket_received", "email"), rows)
        self.assertEqual(self.erin.get("/api/v1/preferences/").json()["quiet_hours"], None)

    def test_kinds_for_staff_are_no_ones_business_but_theirs(self) -> None:
        self.assertNotIn(("note_added", "inbox"), self.matrix(self.erin))
        self.assertIn(("note_added", "inbox"), self.matrix(self.alan))
        response = self.erin.put("/api/v1/preferences/note_added/inbox/", {"on": False})
        assert_problem(response, 404, "kind_not_found")

    def test_a_muted_email_is_not_sent_and_the_notice_still_comes(self) -> None:
        rows = self.choose("ticket_received", "email", on=False)
        self.assertIn(
            {"kind": "ticket_received", "channel": "email", "fixed": False, "on": False, "digest_minutes": 0}, rows
        )
        deliver("ticket.created.v1")
        run_jobs()
        self.assertEqual((kinds(ERIN), mail.outbox), (["ticket_received"], []))

    def test_a_muted_inbox_leaves_the_email(self) -> None:
        self.choose("ticket_received", "inbox", on=False)
        deliver("ticket.created.v1")
        run_jobs()
        self.assertEqual((kinds(ERIN), len(mail.outbox)), ([], 1))

    def test_everything_muted_is_still_decided_once(self) -> None:
        for channel in ("inbox", "email"):
            self.choose("ticket_received", channel, on=False)
        deliver("ticket.created.v1")
        run_jobs()
        self.assertEqual((Notice.objects.count(), mail.outbox, Decision.objects.count()), (0, [], 1))

    def test_one_kind_muted_leaves_the_others(self) -> None:
        self.choose("ticket_received", "email", on=False)
        know_ticket(assignee=ALAN)
        deliver("comment.created.v1", data={"author_id": ALAN})
        run_jobs()
        self.assertEqual([message.to for message in mail.outbox], [["erin@example.com"]])

    def test_it_is_hers_alone(self) -> None:
        self.choose("comment_added", "email", on=False)
        know_ticket(assignee=ALAN)
        deliver("comment.created.v1", data={"author_id": ERIN})
        run_jobs()
        self.assertEqual([message.to for message in mail.outbox], [["alan@example.com"]])

    def test_turned_on_again_it_comes_again(self) -> None:
        self.choose("ticket_received", "email", on=False)
        self.choose("ticket_received", "email", on=True)
        deliver("ticket.created.v1")
        run_jobs()
        self.assertEqual(len(mail.outbox), 1)

    def test_what_must_come_cannot_be_muted(self) -> None:
        path = "/api/v1/preferences/task_assigned/inbox/"
        assert_problem(self.alan.put(path, {"on": False}), 409, "channel_fixed")
        self.assertTrue(self.matrix(self.alan)["task_assigned", "inbox"]["fixed"])

    def test_what_there_is_not(self) -> None:
        for path in ("nothing/inbox", "ticket_received/pigeon", "note_added/email"):
            with self.subTest(path):
                response = self.alan.put(f"/api/v1/preferences/{path}/", {"on": False})
                assert_problem(response, 404, "kind_not_found")
