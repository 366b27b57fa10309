"""An event that could not be handled is seen by the admins, and comes again when they say so."""

from django.test import TestCase

from eventbus.inbox import retry_due
from eventbus.models import InboxEvent
from eventbus.testing import deliver
from jwtauth.testing import api_client
from notifications.tests.cast import ERIN, kinds, meet
from servicekit.ids import uuid7
from servicekit.testing import assert_problem


class DeadLetters(TestCase):
    def setUp(self) -> None:
        self.admin = api_client(roles=["tts:admin"])
        self.event_id = uuid7()
        deliver("ticket.created.v1", event_id=self.event_id)
        InboxEvent.objects.update(state=InboxEvent.State.DEAD, next_attempt_at=None, attempts=12)

    def test_they_are_listed_without_what_the_error_said(self) -> None:
        (row,) = self.admin.get("/api/v1/dead-letters/").json()["results"]
        self.assertEqual((row["id"], row["type"]), (str(self.event_id), "ticket.created.v1"))
        self.assertEqual((row["error"], row["attempts"]), ("Retry", 12))

    def test_one_comes_again(self) -> None:
        meet(ERIN)
        path = f"/api/v1/dead-letters/{self.event_id}/replay/"
        self.assertEqual(self.admin.post(path).status_code, 202)
        self.assertTrue(retry_due())
        self.assertEqual(kinds(ERIN), ["ticket_received"])
        assert_problem(self.admin.post(path), 404, "dead_letter_not_found")
        self.assertEqual(self.admin.get("/api/v1/dead-letters/").json()["results"], [])
