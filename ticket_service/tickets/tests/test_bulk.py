"""One action on many tickets: each obeys its own rules, and none drags another along."""

from eventbus import testing as bus
from jwtauth.testing import SignedInClient
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from tickets.api.bulk_views import SERVICES
from tickets.api.serializers import BULK_ACTIONS, MAX_BULK
from tickets.models import Ticket
from tickets.tests.cast import Task, TicketTestCase

BULK = "/api/v1/tickets/bulk/"


class BulkTest(TicketTestCase):
    def act(self, client: SignedInClient, action: str, *tickets: Ticket, key: str = "", **given: str):
        items = [{"id": str(ticket.pk), "version": ticket.version} for ticket in tickets]
        headers = {"Idempotency-Key": key} if key else {}
        return client.post(BULK, {"action": action, "tickets": items, **given}, headers=headers)

    def outcomes(self, *args, **given) -> list[tuple[int, str]]:
        response = self.act(*args, **given)
        self.assertEqual(response.status_code, 200, response.content)
        return [(row["status"], row["code"]) for row in response.json()["results"]]

    def test_every_action_does_what_its_route_does(self):
        self.assertEqual(set(SERVICES), set(BULK_ACTIONS))
        resolved = self.file()
        Task(resolved).completed()
        resolved.refresh_from_db()
        for action, ticket, given, column, value in (
            ("prioritise", self.file(), {"priority": "Critical"}, "priority", "Critical"),
            ("tag", self.file(), {"tag": "vip"}, "tags", ["vip"]),
            ("untag", self.file(tags=["a", "b"]), {"tag": "a"}, "tags", ["b"]),
            ("reject", self.file(), {"reason": "No."}, "rejection_reason", "No."),
            ("reopen", resolved, {}, "status", "Open"),
        ):
            with self.subTest(action):
                self.assertEqual(self.outcomes(self.cora, action, ticket, **given), [(200, "")])
                self.assertEqual(getattr(self.reload(ticket), column), value)
        Ticket.objects.filter(pk=resolved.pk).update(status="Resolved")
        self.assertEqual(self.outcomes(self.cora, "close", self.reload(resolved)), [(200, "")])

    def test_one_that_refuses_does_not_undo_the_others(self):
        tickets = [self.file() for _ in range(3)]
        Ticket.objects.filter(pk=tickets[1].pk).update(status="Closed")
        outcomes = self.outcomes(self.cora, "reject", *tickets, reason="No.")
        self.assertEqual(outcomes, [(200, ""), (409, "transition_not_allowed"), (200, "")])
        self.assertEqual([self.reload(ticket).status for ticket in tickets], ["Rejected", "Closed", "Rejected"])
        self.assertEqual(len(bus.published("ticket.status_changed.v1")), 2)

    def test_rights_are_those_of_each_ticket(self):
        mine, foreign = self.file(), self.file(self.bob)
        outcomes = self.outcomes(self.alice, "prioritise", mine, foreign, priority="High")
        self.assertEqual(outcomes, [(200, ""), (404, "ticket_not_found")])
        self.assertEqual(
            self.outcomes(self.alice, "reject", self.reload(mine), reason="No."), [(403, "action_not_permitted")]
        )

    def test_what_somebody_else_has_changed_is_left(self):
        ticket = self.file()
        self.cora.put(self.url(ticket, "tags", "x"))
        self.assertEqual(self.outcomes(self.cora, "tag", ticket, tag="y"), [(412, "precondition_failed")])
        self.assertEqual(self.reload(ticket).tags, ["x"])

    def test_repeated_key_acts_once_and_answers_the_same(self):
        ticket = self.file()
        first = self.act(self.cora, "tag", ticket, tag="x", key="b")
        again = self.act(self.cora, "tag", ticket, tag="x", key="b")
        self.assertEqual((first.content, again["Idempotency-Replayed"]), (again.content, "true"))
        self.assertEqual(self.reload(ticket).version, 2)

    def test_what_is_no_bulk_action(self):
        item = {"id": str(uuid7()), "version": 1}
        for body in (
            {"action": "close", "tickets": []},
            {"action": "close", "tickets": [item] * (MAX_BULK + 1)},
            {"action": "close", "tickets": [{"id": str(uuid7())}]},
            {"action": "close", "tickets": "all"},
            {"action": "delete", "tickets": [item]},
            {"action": "reject", "tickets": [item]},
            {"action": "tag", "tickets": [item]},
            {"action": "prioritise", "tickets": [item], "priority": "Urgent"},
            {"tickets": [item]},
        ):
            with self.subTest(str(body)[:60]):
                assert_problem(self.cora.post(BULK, body), 400, "validation_error")
