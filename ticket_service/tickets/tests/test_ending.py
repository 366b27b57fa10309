"""A ticket is withdrawn, rejected or closed, by a decision or by time, and rated."""

from datetime import timedelta
from unittest import mock

from django.test import override_settings
from django.utils import timezone

from eventbus import testing as bus
from servicekit.testing import assert_problem
from tickets.models import HistoryEntry, Ticket
from tickets.services.ending import tickets_close_overdue
from tickets.status import Status
from tickets.tasks import close_overdue
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
                    self.assertEqual(body["allowed"], ["Open", "Closed"] if status == Status.RESOLVED else [])
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


class RejectionTest(TicketTestCase):
    def test_coordinator_rejects_and_everyone_learns_why(self):
        for client in (self.cora, self.adam):
            ticket = self.file()
            response = client.post(self.url(ticket, "rejection"), {"reason": "Out of scope."})
            self.assertEqual((response.status_code, response.json()["status"]), (200, "Rejected"))
            self.assertEqual(self.alice.get(self.url(ticket)).json()["rejection_reason"], "Out of scope.")
            event = bus.published()[-1]
            self.assertEqual((event["type"], event["data"]["status"]), ("ticket.status_changed.v1", "Rejected"))
            self.assertEqual(event["data"]["rejection_reason"], "Out of scope.")
            lines = HistoryEntry.objects.filter(ticket=ticket).values_list("field", "new")
            self.assertIn(("rejection_reason", "Out of scope."), lines)

    def test_it_needs_a_reason(self):
        ticket = self.file()
        for body in ({}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 2001}, {"why": "No."}):
            with self.subTest(str(body)[:20]):
                assert_problem(self.cora.post(self.url(ticket, "rejection"), body), 400, "validation_error")

    def test_nobody_else_rejects(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        for client in (self.alice, self.gina):
            response = client.post(self.url(ticket, "rejection"), {"reason": "No."})
            assert_problem(response, 403, "action_not_permitted")


class ResolvedCase(TicketTestCase):
    def resolved(self) -> Ticket:
        ticket = self.file()
        Task(ticket).completed()
        return ticket


class RatingTest(ResolvedCase):
    def test_requester_rates_while_closing(self):
        ticket = self.resolved()
        response = self.alice.post(self.url(ticket, "closure"), {"rating": 4, "comment": "Quick."})
        body = response.json()
        self.assertEqual((body["status"], body["rating"], body["rating_comment"]), ("Closed", 4, "Quick."))
        self.assertEqual(bus.published()[-1]["data"]["rating"], 4)

    def test_requester_rates_later_and_may_change_their_mind(self):
        ticket = self.resolved()
        self.cora.post(self.url(ticket, "closure"))
        for rating in (2, 5):
            response = self.alice.post(self.url(ticket, "rating"), {"rating": rating})
            self.assertEqual((response.status_code, response.json()["rating"]), (200, rating))
        self.assertEqual(bus.published()[-1]["change"], {"fields": ["rating"]})

    def test_nobody_else_rates(self):
        ticket = self.resolved()
        for client in (self.gina, self.cora, self.adam):
            assert_problem(client.post(self.url(ticket, "rating"), {"rating": 5}), 403, "action_not_permitted")
        response = self.cora.post(self.url(ticket, "closure"), {"rating": 5})
        assert_problem(response, 403, "action_not_permitted")
        self.assertEqual(self.reload(ticket).status, "Resolved")

    def test_only_what_is_done_is_rated(self):
        for status in Status:
            ticket = self.file()
            Ticket.objects.filter(pk=ticket.pk).update(status=status)
            response = self.alice.post(self.url(ticket, "rating"), {"rating": 3})
            with self.subTest(status):
                if status in {Status.RESOLVED, Status.CLOSED}:
                    self.assertEqual(response.status_code, 200)
                else:
                    assert_problem(response, 409, "ticket_not_rateable")

    def test_ratings_go_from_one_to_five(self):
        ticket = self.resolved()
        for body in ({"rating": 0}, {"rating": 6}, {"rating": "good"}, {"rating": None}, {"comment": "Good."}, {}):
            with self.subTest(body):
                assert_problem(self.alice.post(self.url(ticket, "rating"), body), 400, "validation_error")
        response = self.alice.post(self.url(ticket, "closure"), {"comment": "Good."})
        assert_problem(response, 400, "validation_error")


class GraceTimeTest(ResolvedCase):
    def resolved_since(self, days: float) -> Ticket:
        ticket = self.resolved()
        Ticket.objects.filter(pk=ticket.pk).update(resolved_at=timezone.now() - timedelta(days=days))
        return ticket

    def test_ticket_resolved_long_enough_is_closed_by_itself(self):
        over, waiting = self.resolved_since(7.1), self.resolved_since(6.9)
        unresolved = self.file()
        close_overdue()
        self.assertEqual(
            [self.reload(ticket).status for ticket in (over, waiting, unresolved)], ["Closed", "Resolved", "New"]
        )
        event = bus.published()[-1]
        self.assertEqual((event["data"]["status"], event["actor"]), ("Closed", None))
        count = len(bus.published())
        close_overdue()
        self.assertEqual(len(bus.published()), count)

    def test_one_that_is_opened_again_at_the_last_moment_stays_open(self):
        """Between the look for what is overdue and its turn."""
        first, second = self.resolved_since(9), self.resolved_since(8)

        def each(pks, function):
            self.alice.post(self.url(first, "reopening"))
            return sum(function(pk) for pk in pks)

        with mock.patch("tickets.services.ending.ticker.each", each):
            close_overdue()
        self.assertEqual([self.reload(ticket).status for ticket in (first, second)], ["Open", "Closed"])

    def test_those_that_wait_longest_come_first(self):
        tickets = [self.resolved_since(days) for days in (8, 9, 10)]
        with mock.patch("tickets.services.ending.CLOSE_BATCH", 2):
            self.assertEqual(tickets_close_overdue(after=timedelta(days=7)), 2)
            self.assertEqual([self.reload(ticket).status for ticket in tickets], ["Resolved", "Closed", "Closed"])
            self.assertEqual(tickets_close_overdue(after=timedelta(days=7)), 1)

    @override_settings(TICKET_CLOSE_AFTER_DAYS=0)
    def test_installation_may_leave_closing_to_people(self):
        ticket = self.resolved_since(1000)
        close_overdue()
        self.assertEqual(self.reload(ticket).status, "Resolved")


class ClosureTest(ResolvedCase):
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
                    allowed = assert_problem(response, 409, "transition_not_allowed")["allowed"]
                    unresolved = status in {Status.NEW, Status.OPEN, Status.IN_PROGRESS, Status.ON_HOLD}
                    self.assertEqual(allowed, ["Rejected", "Merged"] if unresolved else [])

    def test_replay_after_losing_access_is_404(self):
        ticket = self.resolved()
        self.assertEqual(
            self.alice.post(self.url(ticket, "closure"), headers={"Idempotency-Key": "c"}).status_code, 200
        )
        ticket.grants.all().delete()
        response = self.alice.post(self.url(ticket, "closure"), headers={"Idempotency-Key": "c"})
        assert_problem(response, 404, "ticket_not_found")
