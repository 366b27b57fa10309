"""A ticket's history can be read by those who see it and changed by nobody."""

from tickets.models import AppendOnly, HistoryEntry
from tickets.tests.cast import Task, TicketTestCase


class HistoryTest(TicketTestCase):
    def test_newest_first_with_who_and_which_request(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        self.alice.post(self.url(ticket, "withdrawal"), headers={"X-Request-ID": "bye-1"})
        entries = self.alice.get(self.url(ticket, "history")).json()["results"]
        self.assertEqual([entry["field"] for entry in entries[::3]], ["status", "status"])
        self.assertEqual(
            entries[0] | {"id": "", "at": ""},
            {
                "id": "",
                "at": "",
                "field": "status",
                "old": "Open",
                "new": "Withdrawn",
                "actor": {"id": str(self.alice.user_id), "kind": "user", "name": "Alice"},
                "request_id": "bye-1",
            },
        )
        self.assertEqual(len(entries), 4)

    def test_an_entry_is_never_changed_nor_deleted(self):
        self.file()
        entry = HistoryEntry.objects.get()
        entry.new = "Closed"
        for change in (
            entry.save,
            entry.delete,
            HistoryEntry.objects.all().delete,
            lambda: HistoryEntry.objects.update(new="Closed"),
        ):
            with self.assertRaises(AppendOnly):
                change()
        self.assertEqual(HistoryEntry.objects.get().new, "New")
