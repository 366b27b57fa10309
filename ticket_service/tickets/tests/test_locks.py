"""Whoever changes a ticket by what it says holds its row from the first look: of two at once, none is undone."""

from unittest import skipUnless

from django.db import connection
from django.test import tag
from django.test.utils import CaptureQueriesContext

from eventbus import testing as bus
from servicekit.ids import uuid7
from tickets.tests.cast import Task, TicketTestCase


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "row locks are PostgreSQL's")
class LockTest(TicketTestCase):
    def assert_locked(self, queries: CaptureQueriesContext) -> None:
        """The first statement about tickets locks the row that it reads."""
        about = [query["sql"] for query in queries if '"tickets_ticket"' in query["sql"]]
        self.assertIn("FOR NO KEY UPDATE", about[0])

    def test_an_event_of_the_task(self):
        task = Task(self.file())
        with CaptureQueriesContext(connection) as queries:
            task.assigned(self.gina)
        self.assert_locked(queries)

    def test_a_public_reply(self):
        ticket = self.file()
        with CaptureQueriesContext(connection) as queries:
            bus.deliver("comment.created.v1", data={"id": str(uuid7()), "ticket_id": str(ticket.pk)})
        self.assert_locked(queries)
