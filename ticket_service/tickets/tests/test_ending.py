"""The requester withdraws a ticket; a resolved one is closed."""

from eventbus import testing as bus
from servicekit.testing import assert_problem
from tickets.models import HistoryEntry, Ticket
from tickets.status import Status
from tickets.tests.cast import Task, TicketTestCase


class WithdrawalTest(TicketTestCase):
    def test_requester_withdraws_and_everyone_is_told(self):
        ticket = self.file()
        response = self.alice.post(self.url(ticket, "withdrawal"))
        self.assertEqual((response.status_code, response.json()["status"]), (200, "Withdrawn"))
        self.assertEqual(response["ETag"], '"2"')
        event = bus.published("ticket.status_changed.v1")[-1]
        self.assertEqual((event["data"]["status"], event["change"]), ("Withdrawn", {"previous_status": "New"}))
        self.assertEqual(event["version"], 2)
        entry = HistoryEntry.objects.latest("id")
        self.assertEqual((entry.field, entry.old, entry.new), ("status", "New", "Withdrawn"))
        self.assertEqual(entry.actor["name"], "Alice")

    def test_from_every_unresolved_status_and_no_other(self):
        for status in Status:
            ticket = self.file()
            Ticket.objects.filter(pk=ticket.pk).update(status=status)
            response = self.alice.post(self.url(ticket, "withdrawal"))
            with self.subTest(status):
                if status in {Status.NEW, Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD}:
                    self.assertEqual(response.status_code, 200)
                else:
                    body = assert_problem(response, 409, "transition_not_allowed")
                    self.assertEqual(body["current"], status)
                    self.assertEqual(body["allowed"], ["Closed"] if status == Status.RESOLVED else [])
                    self.assertEqual(self.reload(ticket).status, status)

    def test_coordinator_and_assignee_may_not(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        for client in (self.cora, self.gina):
            assert_problem(client.post(self.url(ticket, "withdrawal")), 403, "action_not_permitted")

    def test_repeated_key_withdraws_once(self):
        ticket = self.file()
        for _ in range(2):
            response = self.alice.post(self.url(ticket, "withdrawal"), headers={"Idempotency-Key": "w"})
            self.assertEqual(response.status_code, 200)
        self.assertEqual(len(bus.published("ticket.status_changed.v1")), 1)

    def test_number_serves_as_well_as_the_id(self):
        ticket = self.file()
        self.assertEqual(self.alice.post(f"/api/v1/tickets/{ticket.number}/withdrawal/").status_code, 200)


class ClosureTest(TicketTestCase):
    def resolved(self) -> Ticket:
        ticket = self.file()
        Task(ticket).completed()
        return ticket

    def test_requester_coordinator_and_admin_close(self):
        for client in (self.alice, self.cora, self.adam):
            response = client.post(self.url(self.resolved(), "closure"))
            self.assertEqual((response.status_code, response.json()["status"]), (200, "Closed"))
            self.assertIsNotNone(response.json()["closed_at"])

    def test_agent_on_the_ticket_may_not(self):
        ticket = self.resolved()
        assert_problem(self.gina.post(self.url(ticket, "closure")), 403, "action_not_permitted")

    def test_only_a_resolved_ticket_is_closed(self):
        for status in Status:
            ticket = self.file()
            Ticket.objects.filter(pk=ticket.pk).update(status=status)
            with self.subTest(status):
                response = self.cora.post(self.url(ticket, "closure"))
                if status == Status.RESOLVED:
                    self.assertEqual(response.status_code, 200)
                else:
                    self.assertEqual(assert_problem(response, 409, "transition_not_allowed")["allowed"], [])

    def test_replay_after_losing_access_is_404(self):
        ticket = self.resolved()
        self.assertEqual(
            self.alice.post(self.url(ticket, "closure"), headers={"Idempotency-Key": "c"}).status_code, 200
        )
        ticket.grants.all().delete()
        response = self.alice.post(self.url(ticket, "closure"), headers={"Idempotency-Key": "c"})
        assert_problem(response, 404, "ticket_not_found")
