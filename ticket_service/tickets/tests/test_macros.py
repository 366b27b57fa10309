"""Staff do with one choice what they do again and again: all of it, as if by hand; the words are theirs to send."""

from typing import Any

from eventbus import testing as bus
from jwtauth.testing import SignedInClient
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from tickets.models import MAX_TAGS, Category, HistoryEntry, Macro, Ticket
from tickets.tests.cast import Task, TicketTestCase

MACROS = "/api/v1/macros/"
BULK = "/api/v1/tickets/bulk/"


class MacroTestCase(TicketTestCase):
    def macro(self, client: SignedInClient | None = None, /, *, name: str = "", shared: bool = False, **actions: Any):
        body = {"name": name or str(uuid7()), "actions": actions, "is_shared": shared}
        response = (client or self.cora).post(MACROS, body)
        self.assertEqual(response.status_code, 201, response.content)
        return str(response.json()["id"])

    def apply(self, client: SignedInClient, ticket: Ticket, macro: str, *, match: str = "", key: str = ""):
        headers = {"If-Match": match or f'"{ticket.version}"'} | ({"Idempotency-Key": key} if key else {})
        return client.post(self.url(ticket, "macros", macro, "application"), headers=headers)

    def preview(self, client: SignedInClient, ticket: Ticket, macro: str):
        return client.get(self.url(ticket, "macros", macro))


class KeepingMacrosTest(MacroTestCase):
    def test_what_is_kept_is_what_was_said(self):
        actions = {
            "category": "it-support",
            "sub_category": "hardware",
            "priority": "Low",
            "add_tags": ["b", "a", "b"],
            "remove_tags": ["c"],
            "status": "Rejected",
            "reason": "Not ours.",
            "reply": {"visibility": "internal", "body": " Ask {{requester.name}}.\n"},
        }
        url = f"{MACROS}{self.macro(self.gina, name='All', **actions)}/"
        self.assertEqual(self.gina.get(url).json()["actions"], actions | {"add_tags": ["a", "b"]})
        # Actions are changed as a whole, and a name without them.
        self.gina.patch(url, {"actions": {"priority": "High"}}, headers={"If-Match": '"1"'})
        changed = self.gina.patch(url, {"name": "One"}, headers={"If-Match": '"2"'}).json()
        self.assertEqual((changed["name"], changed["actions"]), ("One", {"priority": "High"}))

    def test_ones_own_is_for_oneself_and_what_coordinators_share_for_staff(self):
        self.macro(self.gina, name="Mine", priority="Low")
        self.macro(self.cora, name="Ours", shared=True, priority="Low")
        names = {
            client: [row["name"] for row in client.get(MACROS).json()["results"]]
            for client in (self.gina, self.max, self.cora)
        }
        self.assertEqual(list(names.values()), [["Ours", "Mine"], ["Ours"], ["Ours"]])
        body = {"name": "Theirs", "actions": {"priority": "Low"}, "is_shared": True}
        assert_problem(self.gina.post(MACROS, body), 403, "preset_not_yours")
        assert_problem(self.alice.get(MACROS), 403, "permission_denied")

    def test_what_no_macro_does_is_refused_at_the_field(self):
        Category.objects.filter(pk="general").update(is_active=False)
        many = [f"t{number}" for number in range(MAX_TAGS + 1)]
        for actions, field in (
            ({}, "actions"),
            ({"colour": "red"}, "actions.colour"),
            ({"priority": "Urgent"}, "actions.priority"),
            ({"category": "nowhere"}, "actions.category"),
            ({"category": "general"}, "actions.category"),
            ({"sub_category": "hardware"}, "actions.category"),
            ({"category": "it-support", "sub_category": "garden"}, "actions.sub_category"),
            ({"add_tags": ["no spaces"]}, "actions.add_tags.0"),
            ({"add_tags": []}, "actions.add_tags"),
            ({"add_tags": many}, "actions.add_tags"),
            ({"add_tags": ["a"], "remove_tags": ["a", "b"]}, "actions.remove_tags"),
            ({"status": "Resolved"}, "actions.status"),
            ({"status": "Rejected"}, "actions.reason"),
            ({"status": "Closed", "reason": "Done."}, "actions.reason"),
            ({"reason": "Done."}, "actions.reason"),
            ({"reply": {"body": "Hello"}}, "actions.reply.visibility"),
            ({"reply": {"visibility": "secret", "body": "Hello"}}, "actions.reply.visibility"),
            ({"reply": {"visibility": "public", "body": "{{requester.salary}}"}}, "actions.reply.body"),
        ):
            with self.subTest(str(actions)[:60]):
                response = self.cora.post(MACROS, {"name": "Wrong", "actions": actions})
                self.assertEqual(response.status_code, 400, response.content)
                self.assertEqual([error["field"] for error in response.json()["errors"]], [field])
        self.assertFalse(Macro.objects.exists())

    def test_a_macro_of_a_category_that_is_no_longer_offered_can_be_renamed(self):
        url = f"{MACROS}{self.macro(category='general')}/"
        Category.objects.filter(pk="general").update(is_active=False)
        self.assertEqual(self.cora.patch(url, {"name": "Old"}, headers={"If-Match": '"1"'}).status_code, 200)
        response = self.cora.patch(
            url, {"actions": {"category": "general", "priority": "Low"}}, headers={"If-Match": "*"}
        )
        assert_problem(response, 400, "category_unknown")


class ApplyingMacrosTest(MacroTestCase):
    def test_all_is_done_and_told_as_if_by_hand(self):
        ticket = self.file(tags=["new", "vip"], priority="Low")
        macro = self.macro(
            priority="High", sub_category="access", category="it-support", add_tags=["supplier"], remove_tags=["new"]
        )
        response = self.apply(self.cora, ticket, macro)
        self.assertEqual(response.status_code, 200, response.content)
        body = response.json()
        self.assertEqual((response.headers["ETag"], body["reply"]), ('"2"', None))
        told = {name: body["ticket"][name] for name in ("priority", "sub_category", "tags", "version")}
        self.assertEqual(
            told, {"priority": "High", "sub_category": "access", "tags": ["supplier", "vip"], "version": 2}
        )
        self.assertEqual(self.reload(ticket).tags, ["supplier", "vip"])
        event = bus.published("ticket.updated.v1")[-1]
        self.assertEqual(event["change"]["fields"], ["priority", "sub_category", "tags"])
        entries = HistoryEntry.objects.filter(ticket=ticket).order_by("-id")[:3]
        self.assertEqual({entry.actor["name"] for entry in entries}, {"Cora"})

    def test_the_status_moves_as_by_its_own_route(self):
        for status, state, column, value in (
            ("Rejected", None, "rejection_reason", "Because."),
            ("Closed", "completed", "status", "Closed"),
            ("Open", "completed", "status", "Open"),
        ):
            with self.subTest(status):
                ticket = self.file()
                if state:
                    Task(ticket).completed()
                reason = {} if status == "Closed" else {"reason": "Because."}
                macro = self.macro(status=status, priority="High", **reason)
                response = self.apply(self.cora, self.reload(ticket), macro)
                self.assertEqual(response.status_code, 200, response.content)
                after = self.reload(ticket)
                self.assertEqual((after.status, after.priority, getattr(after, column)), (status, "High", value))
                self.assertEqual(bus.published("ticket.status_changed.v1")[-1]["data"]["status"], status)

    def test_the_words_are_filled_in_from_the_ticket_as_it_is_afterwards_and_sent_by_nobody(self):
        bus.deliver("user.changed.v1", data={"id": str(self.alice.user_id), "name": "Alice A."})
        ticket = self.file()
        Task(ticket).completed()
        reply = {"visibility": "public", "body": "Dear {{requester.name}}, it is {{ticket.status}}.\n{{me.name}}"}
        macro = self.macro(status="Closed", reply=reply)
        filled = {"visibility": "public", "body": "Dear Alice A., it is Closed.\nCora"}
        ticket = self.reload(ticket)
        self.assertEqual(self.preview(self.cora, ticket, macro).json()["reply"], filled)
        self.assertEqual(self.apply(self.cora, ticket, macro).json()["reply"], filled)
        self.assertEqual(self.reload(ticket).public_replies, "")

    def test_nothing_is_done_when_one_action_is_refused_and_the_problem_names_it(self):
        full = [f"t{number:02}" for number in range(MAX_TAGS)]
        retired = self.macro(category="general", priority="High")
        Category.objects.filter(pk="general").update(is_active=False)
        for name, ticket, macro, status, actions, cause in (
            (
                "status",
                self.file(),
                self.macro(priority="High", status="Closed"),
                409,
                ["status"],
                "transition_not_allowed",
            ),
            (
                "tags",
                self.file(tags=full),
                self.macro(priority="High", add_tags=["x"]),
                409,
                ["add_tags"],
                "too_many_tags",
            ),
            ("retired", self.file(), retired, 400, ["category"], "category_unknown"),
            (
                "needs fields",
                self.file(),
                self.macro(priority="High", category="budget-proposal"),
                400,
                ["category"],
                "custom_fields_invalid",
            ),
        ):
            with self.subTest(name):
                body = assert_problem(self.apply(self.cora, ticket, macro), status, "macro_refused")
                self.assertEqual((body["actions"], body["cause"]), (actions, cause))
                self.assertTrue(body["detail"].startswith(f"{actions[0].replace('_', ' ').capitalize()}: "), body)
                after = self.reload(ticket)
                self.assertEqual((after.version, after.priority), (ticket.version, ticket.priority))
        self.assertEqual(bus.published("ticket.updated.v1"), [])

    def test_a_macro_allows_nobody_what_they_may_not(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        Ticket.objects.filter(pk=ticket.pk).update(assignee_id=self.cora.user_id)
        ticket = self.reload(ticket)
        macro = self.macro(shared=True, priority="High", add_tags=["x"], status="Rejected", reason="No.")
        body = assert_problem(self.apply(self.gina, ticket, macro), 403, "macro_refused")
        self.assertEqual((body["actions"], body["cause"]), (["priority", "add_tags"], "action_not_permitted"))
        self.assertEqual(self.preview(self.gina, ticket, macro).json()["refused"], ["priority", "add_tags", "status"])
        self.assertEqual(self.reload(ticket).version, ticket.version)
        # Words they may always have.
        words = self.macro(shared=True, reply={"visibility": "internal", "body": "Waiting."})
        response = self.apply(self.gina, ticket, words)
        self.assertEqual((response.status_code, response.json()["reply"]["body"]), (200, "Waiting."))
        self.assertEqual(self.reload(ticket).version, ticket.version)

    def test_whose_turn_it_is_sorts_the_ticket_and_does_not_end_it(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        ticket = self.reload(ticket)
        sorts = self.macro(shared=True, priority="High", add_tags=["x"])
        ends = self.macro(shared=True, priority="High", status="Rejected", reason="No.")
        body = assert_problem(self.apply(self.gina, ticket, ends), 403, "macro_refused")
        self.assertEqual((body["actions"], self.reload(ticket).priority), (["status"], ticket.priority))
        self.assertEqual(self.apply(self.gina, ticket, sorts).json()["ticket"]["priority"], "High")

    def test_macro_and_ticket_are_those_that_one_may_see(self):
        ticket = self.file()
        Task(ticket, role="tts:asset-manager").assigned(self.max)
        ticket, hers = self.reload(ticket), self.macro(self.gina, priority="Low")
        for call in (self.preview, self.apply):
            assert_problem(call(self.gina, ticket, hers), 404, "ticket_not_found")
            assert_problem(call(self.max, ticket, hers), 404, "preset_not_found")
            assert_problem(call(self.alice, ticket, hers), 403, "permission_denied")

    def test_what_somebody_else_has_changed_meanwhile_is_seen_first(self):
        ticket, macro = self.file(), self.macro(priority="High")
        assert_problem(self.cora.post(self.url(ticket, "macros", macro, "application")), 428, "precondition_required")
        self.cora.put(self.url(ticket, "tags", "x"))
        assert_problem(self.apply(self.cora, ticket, macro), 412, "precondition_failed")
        seen = self.preview(self.cora, ticket, macro)
        self.assertEqual(self.apply(self.cora, ticket, macro, match=seen.headers["ETag"]).status_code, 200)

    def test_a_repeated_key_applies_it_once(self):
        ticket, macro = self.file(), self.macro(add_tags=["x"])
        first = self.apply(self.cora, ticket, macro, key="m")
        again = self.apply(self.cora, ticket, macro, key="m")
        self.assertEqual((first.content, again["Idempotency-Replayed"]), (again.content, "true"))
        self.assertEqual(self.reload(ticket).version, 2)

    def test_the_preview_says_what_would_change_and_changes_nothing(self):
        ticket = self.file(
            tags=["a"], category="asset-check-out", sub_category="", custom_fields={"asset_name": "Beam"}
        )
        macro = self.macro(
            category="it-support", priority=ticket.priority, add_tags=["b"], status="Rejected", reason="No."
        )
        seen = self.preview(self.cora, ticket, macro)
        self.assertEqual(seen.headers["ETag"], f'"{ticket.version}"')
        body = seen.json()
        self.assertEqual(
            {change["field"]: (change["old"], change["new"]) for change in body["changes"]},
            {
                "category": ("asset-check-out", "it-support"),
                "custom_fields": ({"asset_name": "Beam"}, {}),
                "tags": (["a"], ["a", "b"]),
                "status": ("New", "Rejected"),
            },
        )
        self.assertEqual((body["refused"], body["reply"]), ([], None))
        self.assertEqual(self.reload(ticket).version, ticket.version)
        self.apply(self.cora, ticket, macro)
        done = self.reload(ticket)
        for change in body["changes"]:
            column = "category_id" if change["field"] == "category" else change["field"]
            self.assertEqual(getattr(done, column), change["new"], change)


class MacrosInBulkTest(MacroTestCase):
    def act(self, client: SignedInClient, macro: str, *tickets: Ticket):
        items = [{"id": str(ticket.pk), "version": ticket.version} for ticket in tickets]
        return client.post(BULK, {"action": "macro", "macro_id": macro, "tickets": items})

    def test_each_ticket_takes_all_of_it_or_nothing(self):
        macro = self.macro(
            add_tags=["wave"], status="Rejected", reason="No.", reply={"visibility": "public", "body": "Sorry."}
        )
        one, resolved = self.file(), self.file()
        Task(resolved).completed()
        rows = self.act(self.cora, macro, one, self.reload(resolved)).json()["results"]
        self.assertEqual([(row["status"], row["code"]) for row in rows], [(200, ""), (409, "macro_refused")])
        self.assertIn("Status: ", rows[1]["detail"])
        self.assertEqual([self.reload(ticket).tags for ticket in (one, resolved)], [["wave"], []])

    def test_what_only_writes_a_reply_is_no_action_on_many(self):
        macro = self.macro(reply={"visibility": "public", "body": "Hello"})
        body = assert_problem(self.act(self.cora, macro, self.file()), 400, "macro_without_changes")
        self.assertEqual(body["errors"][0]["field"], "macro_id")

    def test_a_macro_that_one_does_not_see_is_not_there(self):
        macro = self.macro(self.gina, priority="Low")
        assert_problem(self.act(self.cora, macro, self.file()), 404, "preset_not_found")
