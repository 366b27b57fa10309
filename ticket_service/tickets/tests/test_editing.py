"""A ticket is corrected: by its requester while it is young, by coordinators and administrators until it ends."""

from typing import Any

from eventbus import testing as bus
from jwtauth.testing import SignedInClient
from servicekit.testing import assert_problem
from tickets.models import HistoryEntry, Ticket
from tickets.status import Status
from tickets.tests.cast import Task, TicketTestCase


class EditingTest(TicketTestCase):
    def patch(self, client: SignedInClient, ticket: Ticket, match: str | None = '"1"', **fields: Any):
        headers = {} if match is None else {"If-Match": match}
        return client.patch(self.url(ticket), fields, headers=headers)

    def test_change_is_stored_recorded_and_told(self):
        ticket = self.file()
        response = self.patch(self.alice, ticket, subject="Laptop is dead", priority="High")
        self.assertEqual(response.status_code, 200, response.content)
        self.assertEqual((response.json()["priority"], response["ETag"]), ("High", '"2"'))
        (event,) = bus.published("ticket.updated.v1")
        self.assertEqual(event["change"], {"fields": ["priority", "subject"]})
        self.assertEqual((event["version"], event["data"]["subject"]), (2, "Laptop is dead"))
        changed = HistoryEntry.objects.exclude(field="status").order_by("field").values_list("field", "old", "new")
        self.assertEqual(
            list(changed), [("priority", "Medium", "High"), ("subject", "Laptop does not start", "Laptop is dead")]
        )

    def test_same_values_are_no_change(self):
        ticket = self.file()
        response = self.patch(self.alice, ticket, subject=ticket.subject)
        self.assertEqual((response.status_code, response["ETag"]), (200, '"1"'))
        self.assertEqual(bus.published("ticket.updated.v1"), [])

    def test_version_must_be_named_and_be_the_present_one(self):
        ticket = self.file()
        assert_problem(self.patch(self.alice, ticket, match=None, subject="x"), 428, "precondition_required")
        assert_problem(self.patch(self.alice, ticket, match='"9"', subject="x"), 412, "precondition_failed")
        self.assertEqual(self.patch(self.alice, ticket, subject="x").status_code, 200)
        assert_problem(self.patch(self.cora, ticket, subject="y"), 412, "precondition_failed")
        self.assertEqual(self.reload(ticket).subject, "x")

    def test_who_may_in_which_status(self):
        for status in Status:
            for client, name in ((self.alice, "requester"), (self.cora, "coordinator"), (self.adam, "admin")):
                ticket = self.file()
                Ticket.objects.filter(pk=ticket.pk).update(status=status)
                final = status in {Status.CLOSED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED}
                young = status in {Status.NEW, Status.OPEN}
                may = not final and (name != "requester" or young)
                with self.subTest(f"{name}, {status}"):
                    self.assertEqual(client.get(self.url(ticket)).json()["is_editable"], may)
                    response = self.patch(client, ticket, subject="x")
                    if may:
                        self.assertEqual(response.status_code, 200)
                    else:
                        assert_problem(response, 409, "ticket_not_editable")

    def test_the_agent_whose_turn_it_is_may_until_it_is_over(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        self.assertTrue(self.gina.get(self.url(ticket)).json()["is_editable"])
        response = self.patch(self.gina, ticket, match='"2"', priority="High", tags=["vpn"])
        self.assertEqual((response.json()["priority"], response.json()["tags"]), ("High", ["vpn"]))
        Ticket.objects.filter(pk=ticket.pk).update(status=Status.REJECTED)
        assert_problem(self.patch(self.gina, ticket, match='"3"', subject="x"), 409, "ticket_not_editable")

    def test_an_agent_whose_turn_is_over_and_a_watcher_see_it_and_may_not(self):
        bus.deliver("user.changed.v1", data={"id": str(self.bob.user_id)})
        ticket = self.file(watcher_ids=[str(self.bob.user_id)])
        Task(ticket).assigned(self.gina)
        Ticket.objects.filter(pk=ticket.pk).update(assignee_id=self.cora.user_id)
        for client in (self.gina, self.bob):
            self.assertFalse(client.get(self.url(ticket)).json()["is_editable"])
            assert_problem(self.patch(client, ticket, match='"2"', subject="x"), 403, "action_not_permitted")

    def test_fields_of_the_service_are_refused(self):
        ticket = self.file()
        for field in ("status", "number", "requester_id", "assignee_id", "version", "resolution", "attachments"):
            with self.subTest(field):
                errors = assert_problem(self.patch(self.cora, ticket, **{field: "x"}), 400, "validation_error")[
                    "errors"
                ]
                self.assertEqual([(error["field"], error["code"]) for error in errors], [(field, "unknown_field")])

    def test_new_category_drops_a_sub_category_that_is_not_its_own(self):
        ticket = self.file()
        response = self.patch(self.cora, ticket, category="general")
        self.assertEqual((response.json()["category"], response.json()["sub_category"]), ("general", ""))
        (event,) = bus.published("ticket.updated.v1")
        self.assertEqual(event["change"]["fields"], ["category", "sub_category"])

    def test_sub_category_must_be_of_the_tickets_category(self):
        ticket = self.file(category="general", sub_category="")
        assert_problem(self.patch(self.cora, ticket, sub_category="hardware"), 400, "category_unknown")

    def test_watchers_come_and_go_with_their_access(self):
        bus.deliver("user.changed.v1", data={"id": str(self.bob.user_id)})
        ticket = self.file()
        self.assertEqual(self.patch(self.alice, ticket, watcher_ids=[str(self.bob.user_id)]).status_code, 200)
        self.assertEqual(self.bob.get(self.url(ticket)).status_code, 200)
        told = bus.published("ticket.access_changed.v1")[-1]["data"]
        self.assertIn(str(self.bob.user_id), told["access"]["user_ids"])
        self.assertEqual(self.patch(self.alice, ticket, match='"2"', watcher_ids=[]).status_code, 200)
        self.assertEqual(self.bob.get(self.url(ticket)).status_code, 404)
        self.assertEqual(bus.published("ticket.access_changed.v1")[-1]["data"]["watcher_ids"], [])

    def test_a_watcher_who_leaves_keeps_what_another_reason_gives(self):
        bus.deliver("user.changed.v1", data={"id": str(self.gina.user_id)})
        ticket = self.file(watcher_ids=[str(self.gina.user_id)])
        Task(ticket, role="tts:budget-manager").assigned(self.gina)
        self.assertEqual(self.patch(self.alice, ticket, match='"2"', watcher_ids=[]).status_code, 200)
        self.assertEqual(self.gina.get(self.url(ticket)).status_code, 200)
