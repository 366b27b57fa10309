"""What a caller finds in the list, and how it is filtered and paged."""

from eventbus import testing as bus
from jwtauth.testing import SignedInClient
from servicekit.testing import assert_problem
from tickets.api import serializers
from tickets.tests.cast import TICKETS, Task, TicketTestCase


class ListingTest(TicketTestCase):
    def numbers(self, client: SignedInClient, **query: str) -> list[str]:
        response = client.get(TICKETS, query)
        self.assertEqual(response.status_code, 200, response.content)
        return [line["number"][-1] for line in response.json()["results"]]

    def test_each_sees_what_they_may_newest_first(self):
        mine, other = self.file(), self.file(self.bob)
        Task(other).assigned(self.gina)
        del mine
        self.assertEqual(self.numbers(self.alice), ["1"])
        self.assertEqual(self.numbers(self.bob), ["2"])
        self.assertEqual(self.numbers(self.gina), ["2"])
        self.assertEqual(self.numbers(self.max), ["2"])
        self.assertEqual(self.numbers(self.cora), ["2", "1"])
        self.assertEqual(self.numbers(self.adam), ["2", "1"])

    def test_filters_narrow_what_is_visible_and_never_widen_it(self):
        high = self.file(priority="High", tags=["vip", "x"], category="general", sub_category="")
        Task(high).assigned(self.gina)
        self.file(self.bob)
        for query, found in {
            ("status", "Open"): ["1"],
            ("status", "New"): ["2"],
            ("category", "general"): ["1"],
            ("category", "it-support"): ["2"],
            ("priority", "High"): ["1"],
            ("tag", "vip"): ["1"],
            ("tag", "vi"): [],
            ("requester", str(self.bob.user_id)): ["2"],
            ("assignee", str(self.gina.user_id)): ["1"],
        }.items():
            with self.subTest(query):
                self.assertEqual(self.numbers(self.cora, **dict([query])), found)
        self.assertEqual(self.numbers(self.alice, requester=str(self.bob.user_id)), [])
        self.assertEqual(self.numbers(self.cora, priority="High", status="New"), [])

    def test_bad_filter_is_refused(self):
        for name, value in {"status": "Lost", "priority": "high", "requester": "you", "category": "a b"}.items():
            with self.subTest(name):
                body = assert_problem(self.cora.get(TICKETS, {name: value}), 400, "validation_error")
                self.assertEqual(body["errors"][0]["field"], name)

    def test_an_empty_filter_is_no_filter_and_refused(self):
        for name in ("q", "status", "category", "priority", "tag", "requester", "assignee"):
            for url in (TICKETS, f"{TICKETS}export/"):
                with self.subTest(name, url=url):
                    problem = assert_problem(self.cora.get(url, {name: ""}), 400, "validation_error")
                    self.assertEqual([error["field"] for error in problem["errors"]], [name])

    def test_pages_hold_every_ticket_once(self):
        for _ in range(5):
            self.file()
        found, cursor = [], ""
        while cursor is not None:
            page = self.alice.get(TICKETS, {"limit": "2", **({"cursor": cursor} if cursor else {})}).json()
            found += [line["number"][-1] for line in page["results"]]
            cursor = page["next"]
        self.assertEqual(found, ["5", "4", "3", "2", "1"])

    def test_names_come_from_the_people_projection(self):
        bus.deliver("user.changed.v1", data={"id": str(self.alice.user_id), "name": "Alice Adams"})
        bus.deliver("user.changed.v1", data={"id": str(self.gina.user_id), "name": "Gina Green"})
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        (line,) = self.cora.get(TICKETS).json()["results"]
        self.assertEqual((line["requester_name"], line["assignee_name"]), ("Alice Adams", "Gina Green"))
        whole = self.cora.get(self.url(ticket)).json()
        self.assertEqual((whole["requester_name"], whole["assignee_name"]), ("Alice Adams", "Gina Green"))

    def test_answers_have_the_fields_of_the_document(self):
        ticket = self.file()
        (line,) = self.alice.get(TICKETS).json()["results"]
        self.assertEqual(set(line), set(serializers.TicketSummaryOutput().fields))
        self.assertEqual(set(self.alice.get(self.url(ticket)).json()), set(serializers.TicketOutput().fields))
        (entry,) = self.alice.get(self.url(ticket, "history")).json()["results"]
        self.assertEqual(set(entry), set(serializers.HistoryEntryOutput().fields))
        category = self.alice.get("/api/v1/categories/").json()["results"][0]
        self.assertEqual(set(category), set(serializers.CategoryOutput().fields))

    def test_number_in_any_case_and_id_name_the_same_ticket(self):
        ticket = self.file()
        for reference in (ticket.number, ticket.number.lower(), str(ticket.pk), str(ticket.pk).upper()):
            self.assertEqual(self.alice.get(f"{TICKETS}{reference}/").json()["id"], str(ticket.pk))
