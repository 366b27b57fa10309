"""Who may see a ticket follows ticket-service's events, in whatever order they come."""

from django.test import TestCase

from comments.tests.cast import ALAN, BOB, COMMENTS, CORA, ERIN, conversation, know_ticket, read, sign_in, write
from eventbus.inbox import Outcome
from eventbus.testing import deliver, published
from servicekit.ids import uuid7
from servicekit.testing import assert_problem

EVENTS = ["ticket.created.v1", "ticket.updated.v1", "ticket.status_changed.v1", "ticket.access_changed.v1"]
NOBODY = {"user_ids": [], "roles": []}


class TicketProjection(TestCase):
    def test_a_ticket_not_heard_of_yet_is_not_there(self) -> None:
        assert_problem(write(sign_in(ERIN)), 404, "ticket_not_found")
        assert_problem(sign_in(CORA).get(COMMENTS), 404, "ticket_not_found")

    def test_any_event_of_the_ticket_opens_the_conversation(self) -> None:
        for number, event in enumerate(EVENTS, start=1):
            with self.subTest(event):
                ticket = {"id": uuid7(), "number": f"TTS-2026-{number:06}"}
                deliver(event, data=ticket)
                response = sign_in(CORA).get(f"/api/v1/tickets/{ticket['number']}/comments/")
                self.assertEqual(response.status_code, 200)

    def test_access_given_and_taken_away_counts_at_once(self) -> None:
        know_ticket()
        bob = sign_in(BOB)
        assert_problem(bob.get(COMMENTS), 404, "ticket_not_found")
        know_ticket(version=2, event="ticket.access_changed.v1", access={"user_ids": [ERIN, BOB], "roles": []})
        self.assertEqual(bob.get(COMMENTS).status_code, 200)
        know_ticket(version=3, event="ticket.access_changed.v1", access={"user_ids": [ERIN], "roles": []})
        assert_problem(bob.get(COMMENTS), 404, "ticket_not_found")

    def test_an_older_state_that_comes_late_is_ignored(self) -> None:
        know_ticket(version=3, access=NOBODY)
        know_ticket(version=2)
        self.assertEqual(conversation().version, 3)
        assert_problem(sign_in(ERIN).get(COMMENTS), 404, "ticket_not_found")

    def test_the_same_event_twice_changes_nothing(self) -> None:
        event_id = uuid7()
        know_ticket(version=2)
        self.assertEqual(deliver("ticket.updated.v1", version=3, event_id=event_id), Outcome.HANDLED)
        self.assertEqual(deliver("ticket.updated.v1", version=3, event_id=event_id), Outcome.DUPLICATE)

    def test_a_new_state_keeps_the_count_of_comments(self) -> None:
        know_ticket()
        write(sign_in(ERIN))
        know_ticket(version=2)
        self.assertEqual(write(sign_in(ERIN)).json()["seq"], 2)

    def test_a_resync_mends_the_projection(self) -> None:
        know_ticket(version=2)
        conversation().__class__.objects.update(access_user_ids=[])
        deliver("ticket.created.v1", version=2, resync=True)
        self.assertEqual(conversation().access_user_ids, [str(ERIN)])

    def test_an_agents_role_opens_the_ticket(self) -> None:
        know_ticket(access={"user_ids": [ERIN], "roles": ["tts:ticket-coordinator"]})
        assert_problem(sign_in(ALAN).get(COMMENTS), 404, "ticket_not_found")
        know_ticket(version=2, access={"user_ids": [ERIN], "roles": ["tts:agent", "tts:ticket-coordinator"]})
        self.assertEqual(read(sign_in(ALAN)), {"results": [], "next": None})


class People(TestCase):
    def test_a_revoked_token_is_refused(self) -> None:
        know_ticket()
        erin = sign_in(ERIN)
        self.assertEqual(erin.get(COMMENTS).status_code, 200)
        deliver("user.revoked.v1", data={"id": ERIN, "token_version": 1}, change={"token_version": 1})
        assert_problem(erin.get(COMMENTS), 401, "token_revoked")

    def test_a_changed_user_is_taken_in(self) -> None:
        self.assertEqual(deliver("user.changed.v1"), Outcome.HANDLED)
        self.assertEqual(published(), [])
