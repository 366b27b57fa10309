"""Two tickets about the same thing become one."""

from eventbus import testing as bus
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from tickets.models import HistoryEntry, Ticket
from tickets.status import Status
from tickets.tests.cast import Task, TicketTestCase


class MergingTest(TicketTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.first, self.second = self.file(), self.file(self.bob)

    def merge(self, client=None, *, into: str | None = None, **headers: str):
        url = self.url(self.second, "merger")
        return (client or self.cora).post(url, {"into": into or self.first.number}, headers=headers)

    def test_merged_ticket_ends_and_names_the_other(self):
        response = self.merge()
        body = response.json()
        self.assertEqual((response.status_code, body["status"]), (200, "Merged"))
        self.assertEqual((body["merged_into_id"], body["allowed_statuses"]), (str(self.first.pk), []))

    def test_its_requester_and_watchers_watch_the_other(self):
        watcher = uuid7()
        self.second.grants.create(grantee=f"user:{watcher}", reason="watcher")
        self.assertEqual(self.bob.get(self.url(self.first)).status_code, 404)
        self.merge()
        body = self.bob.get(self.url(self.first)).json()
        self.assertEqual(body["watcher_ids"], sorted([str(self.bob.user_id), str(watcher)]))
        self.assertEqual(self.alice.get(self.url(self.second)).status_code, 404)

    def test_same_requester_does_not_become_a_watcher(self):
        self.second = self.file()
        self.merge()
        self.assertEqual(self.alice.get(self.url(self.first)).json()["watcher_ids"], [])

    def test_everyone_is_told_and_both_histories_say_it(self):
        before = len(bus.published())
        self.merge()
        told = [(event["type"], event["aggregate_id"], event["change"]) for event in bus.published()[before:]]
        first, second = str(self.first.pk), str(self.second.pk)
        self.assertEqual(
            told,
            [
                ("ticket.status_changed.v1", second, {"previous_status": "New"}),
                ("ticket.merged.v1", second, {"into_id": first, "into_number": self.first.number}),
                ("ticket.access_changed.v1", first, {}),
                ("ticket.updated.v1", first, {"fields": ["merged_from", "watcher_ids"]}),
            ],
        )
        entries = list(HistoryEntry.objects.filter(actor__name="Cora").values_list("ticket", "field", "new"))
        self.assertIn((self.second.pk, "merged_into_id", first), entries)
        self.assertIn((self.first.pk, "merged_from", self.second.number), entries)

    def test_only_coordinator_and_admin_merge(self):
        Task(self.second).assigned(self.gina)
        for client in (self.bob, self.gina):
            assert_problem(self.merge(client), 403, "action_not_permitted")
        self.assertEqual(self.merge(self.adam).status_code, 200)

    def test_what_it_cannot_be_merged_into(self):
        assert_problem(self.merge(into="TTS-2020-000001"), 400, "merge_target_unknown")
        assert_problem(self.merge(into="none"), 400, "merge_target_unknown")
        assert_problem(self.merge(into=str(self.second.pk)), 409, "merge_impossible")
        for status in (Status.CLOSED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED):
            Ticket.objects.filter(pk=self.first.pk).update(status=status)
            assert_problem(self.merge(), 409, "merge_impossible")
        self.assertEqual(self.reload(self.second).status, "New")

    def test_ended_ticket_is_not_merged(self):
        Ticket.objects.filter(pk=self.second.pk).update(status="Closed")
        assert_problem(self.merge(), 409, "transition_not_allowed")

    def test_repeated_key_merges_once(self):
        for _ in range(2):
            self.assertEqual(self.merge(**{"Idempotency-Key": "m"}).status_code, 200)
        self.assertEqual(len(bus.published("ticket.merged.v1")), 1)
