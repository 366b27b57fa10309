"""What tickets are to each other, shown only to who may see both."""

from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from eventbus import testing as bus
from servicekit.testing import assert_problem
from tickets.api import serializers
from tickets.models import HistoryEntry, Ticket, TicketLink
from tickets.tests.cast import Task, TicketTestCase


class LinkingTest(TicketTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.a, self.b, self.c = self.file(), self.file(), self.file()

    def link(self, source: Ticket, relation: str, target: Ticket, client=None):
        return (client or self.cora).post(self.url(source, "links"), {"relation": relation, "to": target.number})

    def links(self, ticket: Ticket, client=None) -> list[tuple[str, str, str]]:
        rows = (client or self.cora).get(self.url(ticket, "links")).json()["results"]
        return [(row["relation"], row["direction"], row["ticket"]["number"][-1]) for row in rows]

    def history(self, ticket: Ticket, client) -> list[dict]:
        return client.get(self.url(ticket, "history")).json()["results"]

    def test_both_tickets_show_it_each_from_its_side(self):
        response = self.link(self.a, "blocks", self.b)
        self.assertEqual(response.status_code, 201, response.content)
        self.assertEqual(set(response.json()), set(serializers.LinkOutput().fields))
        self.assertEqual(self.links(self.a), [("blocks", "outward", "2")])
        self.assertEqual(self.links(self.b), [("blocks", "inward", "1")])

    def test_both_histories_and_everyone_else_learn_of_it(self):
        self.link(self.a, "duplicates", self.b)
        entries = list(HistoryEntry.objects.filter(field="links").order_by("id").values_list("ticket", "new"))
        self.assertEqual(
            entries,
            [
                (self.a.pk, {"relation": "duplicates", "direction": "outward", "ticket": self.b.number}),
                (self.b.pk, {"relation": "duplicates", "direction": "inward", "ticket": self.a.number}),
            ],
        )
        self.assertEqual(bus.published()[-1]["change"], {"fields": ["links"]})
        self.assertEqual((self.reload(self.a).version, self.reload(self.b).version), (2, 2))

    def test_the_history_names_no_ticket_that_one_may_not_see(self):
        foreign = self.file(self.bob)
        link = self.link(self.a, "relates", foreign).json()["id"]
        self.cora.delete(self.url(self.a, "links", link))
        self.link(self.a, "blocks", self.b)
        self.cora.post(self.url(foreign, "merger"), {"into": self.c.number})
        hidden = {"relation": "relates", "direction": "outward", "ticket": None}
        told = [(row["old"], row["new"]) for row in self.history(self.a, self.alice) if row["field"] == "links"]
        shown = {"relation": "blocks", "direction": "outward", "ticket": self.b.number}
        self.assertEqual(told, [(None, shown), (hidden, None), (None, hidden)])
        for ticket in (self.a, self.c):
            self.assertNotIn(foreign.number, str(self.history(ticket, self.alice)))
            self.assertIn(foreign.number, str(self.history(ticket, self.cora)))
        self.assertIn(str(self.c.pk), str(self.history(foreign, self.bob)))  # who watches it since

    def test_link_to_what_one_may_not_see_is_neither_shown_nor_made_nor_ended(self):
        foreign = self.file(self.bob)
        link = self.link(self.a, "relates", foreign).json()["id"]
        self.assertEqual(self.links(self.a, self.alice), [])
        self.assertEqual(self.links(foreign, self.bob), [])
        assert_problem(self.alice.delete(self.url(self.a, "links", link)), 404, "link_not_found")
        assert_problem(self.link(self.b, "relates", foreign, self.alice), 400, "link_target_unknown")
        self.assertEqual(TicketLink.objects.count(), 1)

    def test_requester_and_staff_link(self):
        self.assertEqual(self.link(self.a, "relates", self.b, self.alice).status_code, 201)
        Task(self.a).assigned(self.gina)
        Task(self.c).assigned(self.gina)
        self.assertEqual(self.link(self.a, "relates", self.c, self.gina).status_code, 201)

    def test_watcher_does_not(self):
        bus.deliver("user.changed.v1", data={"id": str(self.bob.user_id)})
        watched = [self.file(watcher_ids=[str(self.bob.user_id)]) for _ in range(2)]
        assert_problem(self.link(*[watched[0], "relates", watched[1]], client=self.bob), 403, "action_not_permitted")

    def test_link_ends_from_either_side(self):
        for ticket in (self.a, self.b):
            link = self.link(self.a, "blocks", self.b).json()["id"]
            self.assertEqual(self.cora.delete(self.url(ticket, "links", link)).status_code, 204)
            self.assertEqual(self.links(self.a), [])
            assert_problem(self.cora.delete(self.url(ticket, "links", link)), 404, "link_not_found")
        entry = HistoryEntry.objects.filter(field="links").latest("id")
        self.assertEqual((entry.old["relation"], entry.new), ("blocks", None))

    def test_what_cannot_be_linked(self):
        self.link(self.a, "relates", self.b)
        for source, relation, target in (
            (self.a, "relates", self.a),
            (self.a, "relates", self.b),
            (self.b, "relates", self.a),
        ):
            with self.subTest(relation=relation, source=source.number, target=target.number):
                assert_problem(self.link(source, relation, target), 409, "link_impossible")
        assert_problem(self.link(self.a, "hates", self.b), 400, "validation_error")
        self.assertEqual(self.link(self.a, "blocks", self.b).status_code, 201)
        self.assertEqual(self.link(self.b, "blocks", self.a).status_code, 201)

    def test_families_have_one_parent_and_two_generations(self):
        self.assertEqual(self.link(self.a, "parent", self.b).status_code, 201)
        assert_problem(self.link(self.c, "parent", self.b), 409, "link_impossible")
        assert_problem(self.link(self.b, "parent", self.c), 409, "link_impossible")
        assert_problem(self.link(self.c, "parent", self.a), 409, "link_impossible")
        assert_problem(self.link(self.b, "parent", self.a), 409, "link_impossible")
        self.assertEqual(self.link(self.a, "parent", self.c).status_code, 201)
        with self.assertRaises(IntegrityError), transaction.atomic():
            TicketLink.objects.create(source=self.c, target=self.b, relation="parent", created_by=self.cora.user_id)

    def test_list_costs_the_same_for_one_and_many(self):
        self.link(self.a, "relates", self.b)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                self.links(self.a, self.alice)
            counts.append(len(queries))
            self.link(self.a, "relates", self.c)
            self.link(self.a, "blocks", self.c)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 4)

    def test_repeated_key_links_once(self):
        for _ in range(2):
            response = self.cora.post(
                self.url(self.a, "links"),
                {"relation": "blocks", "to": str(self.b.pk)},
                headers={"Idempotency-Key": "l"},
            )
            self.assertEqual(response.status_code, 201)
        self.assertEqual(TicketLink.objects.count(), 1)
