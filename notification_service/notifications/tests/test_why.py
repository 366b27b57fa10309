"""Erin asks why she was told, or was not; the desk asks for her."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.test import TestCase, override_settings

from eventbus.testing import deliver, run_jobs
from jwtauth.testing import api_client
from notifications.models import QuietHours
from notifications.tests.cast import ALAN, BOB, CORA, ERIN, know_ticket, meet, sign_in
from servicekit.ids import uuid7
from servicekit.testing import assert_problem


class Why(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN, CORA)
        self.event_id = uuid7()
        self.erin, self.cora, self.alan = sign_in(ERIN), sign_in(CORA), sign_in(ALAN)

    def why(self, client: Any = None, user: UUID = ERIN) -> dict[str, Any]:
        response = (client or self.erin).get(f"/api/v1/why/?event={self.event_id}&user={user}")
        self.assertEqual(response.status_code, 200, response.content)
        found: dict[str, Any] = response.json()
        return found

    def channel(self, name: str, **options: Any) -> dict[str, Any]:
        (found,) = [row for row in self.why(**options)["channels"] if row["channel"] == name]
        return found

    def test_it_names_the_rule_and_the_other_sides_answer(self) -> None:
        deliver("ticket.created.v1", event_id=self.event_id)
        run_jobs()
        found = self.why()
        self.assertEqual((found["kind"], found["verdict"]), ("ticket_received", "told"))
        self.assertEqual(found["rule"]["recipients"], "Who filed the ticket.")
        email = self.channel("email")
        self.assertEqual((email["outcome"], email["because"], email["delivery"]["state"]), ("now", "rule", "sent"))
        self.assertIsNone(self.channel("inbox")["delivery"])

    @override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1
    )
    def test_a_mail_server_that_is_away(self) -> None:
        deliver("ticket.created.v1", event_id=self.event_id)
        run_jobs()
        self.assertEqual(self.channel("email")["delivery"]["last_error"], "mail_server_unreachable")

    def test_her_own_preference(self) -> None:
        self.erin.put("/api/v1/preferences/ticket_received/email/", {"on": False})
        deliver("ticket.created.v1", event_id=self.event_id)
        email = self.channel("email")
        self.assertEqual((email["outcome"], email["because"], email["delivery"]), ("skipped", "preference", None))

    def test_her_quiet_hours_with_their_end(self) -> None:
        QuietHours.objects.create(user_id=ERIN, start="22:00", end="07:00")
        night = datetime(2026, 11, 21, 23, tzinfo=UTC)
        meet(ERIN, version=2, time_zone="UTC")
        with patch("django.utils.timezone.now", return_value=night):
            deliver("ticket.created.v1", event_id=self.event_id)
        email = self.channel("email")
        self.assertEqual((email["outcome"], email["because"]), ("held", "quiet_hours"))
        self.assertEqual(email["until"], "2026-11-22T07:00:00.000000Z")

    def test_her_digest_also_for_what_joined_it(self) -> None:
        self.erin.put("/api/v1/preferences/comment_added/email/", {"on": True, "digest_minutes": 30})
        know_ticket(assignee=ALAN)
        deliver("comment.created.v1", data={"author_id": ALAN})
        deliver("comment.created.v1", data={"author_id": ALAN}, event_id=self.event_id)
        email = self.channel("email")
        self.assertEqual((email["because"], email["delivery"]["state"]), ("digest", "held"))

    def test_an_event_that_sends_no_email(self) -> None:
        deliver("ticket.status_changed.v1", event_id=self.event_id, data={"status": "Open"})
        self.assertEqual(self.channel("email")["because"], "rule")
        self.assertEqual(self.channel("email")["outcome"], "skipped")

    def test_what_nobody_can_mute(self) -> None:
        know_ticket()
        deliver("task.assigned.v1", change={"assignee_id": str(ALAN)}, event_id=self.event_id)
        self.assertEqual(self.channel("inbox", client=self.alan, user=ALAN)["because"], "fixed")

    def test_who_may_not_be_told(self) -> None:
        meet(ERIN, version=2, is_active=False)
        deliver("ticket.created.v1", event_id=self.event_id)
        self.assertEqual((self.why(self.cora)["verdict"], self.why(self.cora)["channels"]), ("inactive", []))

    def test_somebody_whom_it_did_not_concern(self) -> None:
        deliver("ticket.created.v1", event_id=self.event_id)
        self.assertEqual(self.why(self.cora, user=BOB)["verdict"], "not_a_recipient")

    def test_an_event_that_waits(self) -> None:
        deliver("comment.created.v1", event_id=self.event_id)
        self.assertEqual(self.why(self.cora)["verdict"], "waiting")
        assert_problem(self.erin.get(f"/api/v1/why/?event={self.event_id}"), 404, "decision_not_found")

    def test_an_event_that_tells_nobody(self) -> None:
        deliver("ticket.updated.v1", event_id=self.event_id)
        self.assertEqual(self.why(self.cora)["verdict"], "no_rule")

    def test_others_ask_only_about_tickets_that_they_may_see(self) -> None:
        deliver("ticket.created.v1", event_id=self.event_id)
        path = f"/api/v1/why/?event={self.event_id}&user={ERIN}"
        for client in (sign_in(BOB), self.alan):
            assert_problem(client.get(path), 404, "decision_not_found")
        know_ticket(version=2, assignee=ALAN)
        self.assertEqual(self.why(self.alan)["verdict"], "told")

    def test_an_employee_learns_of_no_note(self) -> None:
        know_ticket(assignee=ERIN)
        deliver("comment.note_created.v1", data={"author_id": CORA}, event_id=self.event_id)
        self.assertEqual(self.why(self.cora)["verdict"], "not_staff")
        assert_problem(self.erin.get(f"/api/v1/why/?event={self.event_id}"), 404, "decision_not_found")

    def test_it_is_oneself_unless_said_otherwise(self) -> None:
        deliver("ticket.created.v1", event_id=self.event_id)
        self.assertEqual(self.erin.get(f"/api/v1/why/?event={self.event_id}").json()["user_id"], str(ERIN))
        stranger = api_client(roles=["hdts:employee"])
        assert_problem(stranger.get(f"/api/v1/why/?event={uuid7()}"), 404, "decision_not_found")
