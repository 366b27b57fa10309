"""Watchers and tags, one at a time: nobody need know the others, or which version is the present one."""

from eventbus import testing as bus
from jwtauth.testing import SignedInClient
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from tickets.models import MAX_TAGS, MAX_WATCHERS, Ticket
from tickets.tests.cast import AGENT, Task, TicketTestCase


class WatchersTest(TicketTestCase):
    def setUp(self) -> None:
        super().setUp()
        for client, name in ((self.bob, "Bob"), (self.gina, "Gina"), (self.max, "Max")):
            bus.deliver("user.changed.v1", data={"id": str(client.user_id), "name": name})
        self.ticket = self.file()
        Task(self.ticket, role=AGENT).assigned(self.gina)

    def watch(self, client: SignedInClient, who: SignedInClient):
        return client.post(self.url(self.ticket, "watchers"), {"user_id": str(who.user_id)})

    def unwatch(self, client: SignedInClient, who: SignedInClient):
        return client.delete(self.url(self.ticket, "watchers", who.user_id))

    def watchers(self) -> list[str]:
        return [row["name"] for row in self.alice.get(self.url(self.ticket, "watchers")).json()["results"]]

    def test_requester_lets_somebody_watch_and_ends_it(self):
        self.assertEqual(self.bob.get(self.url(self.ticket)).status_code, 404)
        response = self.watch(self.alice, self.bob)
        self.assertEqual((response.status_code, response.json()["watcher_ids"]), (200, [str(self.bob.user_id)]))
        self.assertEqual(self.watchers(), ["Bob"])
        self.assertEqual(self.bob.get(self.url(self.ticket)).status_code, 200)
        told = [event for event in bus.published() if event["type"] == "ticket.access_changed.v1"][-1]
        self.assertIn(str(self.bob.user_id), told["data"]["access"]["user_ids"])
        self.assertEqual(self.unwatch(self.alice, self.bob).status_code, 204)
        self.assertEqual((self.watchers(), self.bob.get(self.url(self.ticket)).status_code), ([], 404))

    def test_who_sees_a_ticket_watches_it_for_themselves_only(self):
        self.assertEqual(self.watch(self.max, self.max).status_code, 200)
        assert_problem(self.watch(self.max, self.bob), 403, "action_not_permitted")
        self.watch(self.alice, self.bob)
        assert_problem(self.unwatch(self.max, self.bob), 403, "action_not_permitted")
        self.assertEqual(self.unwatch(self.gina, self.bob).status_code, 204)  # it is her turn
        self.assertEqual(self.unwatch(self.max, self.max).status_code, 204)
        self.assertEqual(self.max.get(self.url(self.ticket)).status_code, 200)  # as an agent

    def test_second_time_changes_nothing(self):
        version = self.watch(self.alice, self.bob).json()["version"]
        self.assertEqual(self.watch(self.cora, self.bob).json()["version"], version)
        self.unwatch(self.alice, self.bob)
        count = len(bus.published())
        self.assertEqual(self.unwatch(self.alice, self.bob).status_code, 204)
        self.assertEqual(len(bus.published()), count)

    def test_nobody_and_nonsense_do_not_watch(self):
        url = self.url(self.ticket, "watchers")
        assert_problem(self.alice.post(url, {"user_id": str(uuid7())}), 400, "watcher_unknown")
        for body in ({}, {"user_id": "me"}, {"user_id": None}, {"name": "Bob"}):
            assert_problem(self.alice.post(url, body), 400, "validation_error")

    def test_there_is_a_limit(self):
        for _ in range(MAX_WATCHERS):
            self.ticket.grants.create(grantee=f"user:{uuid7()}", reason="watcher")
        assert_problem(self.watch(self.alice, self.bob), 409, "too_many_watchers")

    def test_ended_ticket_takes_no_watcher_and_lets_one_go(self):
        self.watch(self.alice, self.bob)
        Ticket.objects.filter(pk=self.ticket.pk).update(status="Closed")
        assert_problem(self.watch(self.alice, self.max), 409, "ticket_not_editable")
        self.assertEqual(self.unwatch(self.bob, self.bob).status_code, 204)


class TagsTest(TicketTestCase):
    def test_tags_come_and_go_one_by_one(self):
        ticket = self.file(tags=["b"])
        response = self.alice.put(self.url(ticket, "tags", "a"))
        self.assertEqual((response.status_code, response.json()["tags"]), (200, ["a", "b"]))
        self.assertEqual(bus.published()[-1]["change"], {"fields": ["tags"]})
        self.assertEqual(self.alice.put(self.url(ticket, "tags", "a")).json()["version"], 2)
        self.assertEqual(self.cora.delete(self.url(ticket, "tags", "b")).status_code, 204)
        self.assertEqual(self.cora.delete(self.url(ticket, "tags", "b")).status_code, 204)
        self.assertEqual(self.reload(ticket).tags, ["a"])

    def test_rules_are_those_of_editing(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        assert_problem(self.max.put(self.url(ticket, "tags", "a")), 403, "action_not_permitted")
        self.assertEqual(self.gina.put(self.url(ticket, "tags", "a")).json()["tags"], ["a"])
        Task(ticket).completed()
        assert_problem(self.alice.put(self.url(ticket, "tags", "a")), 409, "ticket_not_editable")

    def test_there_is_a_limit_and_a_form(self):
        ticket = self.file(tags=[f"t{index}" for index in range(MAX_TAGS)])
        assert_problem(self.alice.put(self.url(ticket, "tags", "one-more")), 409, "too_many_tags")
        self.assertEqual(self.alice.put(self.url(ticket, "tags", "t1")).status_code, 200)
        for tag in ("x" * 41, "a b", "ä"):
            assert_problem(self.alice.put(self.url(ticket, "tags", tag)), 404, "not_found")
