"""People keep the lists that they look at, and staff the replies that they write again and again."""

from typing import Any
from unittest import mock

from eventbus import testing as bus
from jwtauth.testing import SignedInClient
from servicekit.testing import assert_problem
from tickets.services import presets
from tickets.tests.cast import TICKETS, Task, TicketTestCase

VIEWS = "/api/v1/views/"
REPLIES = "/api/v1/canned-replies/"


class KeptTestCase(TicketTestCase):
    def keep(self, client: SignedInClient, **fields: Any) -> dict[str, Any]:
        response = client.post(VIEWS, {"name": "Mine", "filters": {"status": "Open"}, **fields})
        self.assertEqual(response.status_code, 201, response.content)
        return response.json()

    def names(self, client: SignedInClient, path: str = VIEWS) -> list[str]:
        return [row["name"] for row in client.get(path).json()["results"]]


class SavedViewTest(KeptTestCase):
    def test_a_view_gives_the_list_that_it_was_made_of(self):
        Task(self.file(subject="Hers")).assigned(self.gina)
        Task(self.file(subject="His")).assigned(self.max)
        self.file(subject="Nobody's")
        for filters, subjects in (({"assignee": "me"}, ["Hers"]), ({"assignee": "none"}, ["Nobody's"])):
            view = self.keep(self.cora, name=filters["assignee"], filters=filters, is_shared=True)
            reader = self.gina if filters["assignee"] == "me" else self.cora
            kept = reader.get(f"{VIEWS}{view['id']}/").json()["filters"]
            self.assertEqual(kept, filters)
            found = reader.get(TICKETS, kept).json()["results"]
            self.assertEqual([row["subject"] for row in found], subjects)
        own = self.keep(self.alice, filters={"requester": "me", "q": "nobody"})
        self.assertEqual(len(self.alice.get(TICKETS, own["filters"]).json()["results"]), 1)

    def test_filters_that_the_list_does_not_have_are_refused(self):
        for filters in ({"colour": "red"}, {"status": "Lost"}, {"assignee": "you"}, {"assignee": False}, [], "status"):
            with self.subTest(filters=filters):
                response = self.alice.post(VIEWS, {"name": "Mine", "filters": filters})
                assert_problem(response, 400, "validation_error")

    def test_a_view_is_its_owners_and_nobody_elses(self):
        view = self.keep(self.alice)
        for other in (self.bob, self.cora, self.adam):
            self.assertEqual(self.names(other), [])
            url = f"{VIEWS}{view['id']}/"
            assert_problem(other.get(url), 404, "preset_not_found")
            assert_problem(other.patch(url, {"name": "x"}, headers={"If-Match": "*"}), 404, "preset_not_found")
            assert_problem(other.delete(url), 404, "preset_not_found")
        self.assertEqual(self.names(self.alice), ["Mine"])

    def test_what_is_shared_is_the_desks_and_coordinators_keep_it(self):
        for client in (self.alice, self.gina):
            response = client.post(VIEWS, {"name": "Ours", "filters": {}, "is_shared": True})
            assert_problem(response, 403, "preset_not_yours")
        view = self.keep(self.cora, name="Ours", is_shared=True)
        url = f"{VIEWS}{view['id']}/"
        self.assertEqual((self.names(self.gina), self.names(self.alice)), (["Ours"], []))
        assert_problem(self.gina.patch(url, {"name": "x"}, headers={"If-Match": "*"}), 403, "preset_not_yours")
        assert_problem(self.gina.delete(url), 403, "preset_not_yours")
        # Another coordinator or an administrator keeps it when its maker has left.
        self.assertEqual(self.adam.patch(url, {"name": "All"}, headers={"If-Match": '"1"'}).status_code, 200)
        # What is not shared any more is its maker's again.
        assert_problem(self.adam.patch(url, {"is_shared": False}, headers={"If-Match": '"2"'}), 403, "preset_not_yours")
        self.assertEqual(self.names(self.gina), ["All"])
        self.assertEqual(self.adam.delete(url).status_code, 204)
        self.assertEqual(self.names(self.gina), [])

    def test_of_two_changes_one_wins(self):
        view = self.keep(self.alice)
        url = f"{VIEWS}{view['id']}/"
        assert_problem(self.alice.patch(url, {"name": "x"}), 428, "precondition_required")
        first = self.alice.patch(url, {"name": "First"}, headers={"If-Match": '"1"'})
        self.assertEqual((first.status_code, first.headers["ETag"]), (200, '"2"'))
        assert_problem(
            self.alice.patch(url, {"name": "Second"}, headers={"If-Match": '"1"'}), 412, "precondition_failed"
        )
        unchanged = self.alice.patch(url, {"name": "First"}, headers={"If-Match": '"2"'})
        self.assertEqual(unchanged.headers["ETag"], '"2"')

    def test_a_name_is_given_once_by_each_and_once_to_what_is_shared(self):
        self.keep(self.alice)
        self.keep(self.bob)
        assert_problem(self.alice.post(VIEWS, {"name": "Mine", "filters": {}}), 409, "preset_name_taken")
        self.keep(self.cora, name="Ours", is_shared=True)
        shared = {"name": "Ours", "filters": {}, "is_shared": True}
        assert_problem(self.adam.post(VIEWS, shared), 409, "preset_name_taken")

    def test_one_person_keeps_a_limited_number(self):
        with mock.patch.object(presets, "MAX_PRESETS", 2):
            self.keep(self.alice, name="1")
            self.keep(self.alice, name="2")
            assert_problem(self.alice.post(VIEWS, {"name": "3", "filters": {}}), 409, "too_many_presets")
            self.keep(self.bob, name="3")

    def test_a_retried_request_keeps_one(self):
        body = {"name": "Mine", "filters": {}}
        answers = [self.alice.post(VIEWS, body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
        self.assertEqual([answer.status_code for answer in answers], [201, 201])
        self.assertEqual(answers[0].json(), answers[1].json())
        self.assertEqual(self.names(self.alice), ["Mine"])


class CannedReplyTest(KeptTestCase):
    def reply(self, body: str, client: SignedInClient | None = None, **fields: Any) -> str:
        response = (client or self.gina).post(REPLIES, {"name": "Hello", "body": body, **fields})
        self.assertEqual(response.status_code, 201, response.content)
        return str(response.json()["id"])

    def test_placeholders_are_filled_in_from_the_ticket(self):
        for client, name in ((self.alice, "Alice A."), (self.gina, "Gina G.")):
            bus.deliver("user.changed.v1", data={"id": str(client.user_id), "name": name})
        ticket = self.file(subject="No {{me.name}}")
        Task(ticket).assigned(self.gina)
        reply = self.reply(
            "Dear {{requester.name}}, {{ ticket.number }} ({{ticket.subject}}) is {{ticket.status}} with "
            "{{assignee.name}}.\n\n{{me.name}}"
        )
        text = self.gina.get(self.url(ticket, "canned-replies", reply)).json()["body"]
        self.assertEqual(text, f"Dear Alice A., {ticket.number} (No {{{{me.name}}}}) is Open with Gina G..\n\nGina")

    def test_an_unknown_placeholder_is_refused_with_those_that_are_known(self):
        response = self.gina.post(REPLIES, {"name": "Hello", "body": "Dear {{requester.salary}}"})
        body = assert_problem(response, 400, "validation_error")
        self.assertIn("Unknown: requester.salary. Known: ticket.number", str(body["errors"]))

    def test_braces_full_of_blanks_take_no_time(self):
        for body in ("{{" + " " * 9_900 + "}", "{{" * 4_000, "{{ a" * 2_000):
            with self.subTest(body[:8]):
                self.assertEqual(self.gina.post(REPLIES, {"name": body[:40], "body": body}).status_code, 201)

    def test_a_reply_is_filled_in_only_for_a_ticket_and_with_a_reply_that_one_may_see(self):
        ticket = self.file()
        Task(ticket, role="tts:asset-manager").assigned(self.max)
        reply = self.reply("Hello")
        assert_problem(self.gina.get(self.url(ticket, "canned-replies", reply)), 404, "ticket_not_found")
        assert_problem(self.max.get(self.url(ticket, "canned-replies", reply)), 404, "preset_not_found")
        assert_problem(self.alice.get(self.url(ticket, "canned-replies", reply)), 403, "permission_denied")

    def test_shared_replies_are_for_all_staff(self):
        self.reply("Hello", self.cora, is_shared=True)
        self.assertEqual(self.names(self.max, REPLIES), ["Hello"])
        response = self.max.post(REPLIES, {"name": "Ours", "body": "b", "is_shared": True})
        assert_problem(response, 403, "preset_not_yours")
