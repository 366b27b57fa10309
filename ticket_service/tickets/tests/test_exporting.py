"""The list as a file: the same tickets, all of them, and nothing that a spreadsheet would run."""

import csv
import io
from unittest import mock

from django.db import connection
from django.test.utils import CaptureQueriesContext

from eventbus import testing as bus
from jwtauth.testing import SignedInClient
from servicekit.testing import assert_problem
from tickets.api.export_views import HEADINGS
from tickets.tests.cast import Task, TicketTestCase

EXPORT = "/api/v1/tickets/export/"


class ExportTest(TicketTestCase):
    def rows(self, client: SignedInClient, **query: str) -> list[dict[str, str]]:
        response = client.get(EXPORT, query)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.streaming)
        return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode(), newline="")))

    def numbers(self, client: SignedInClient, **query: str) -> list[str]:
        return [row["number"][-1] for row in self.rows(client, **query)]

    def test_each_gets_what_they_may_see_newest_first(self):
        self.file()
        Task(self.file(self.bob)).assigned(self.gina)
        self.assertEqual(self.numbers(self.alice), ["1"])
        self.assertEqual(self.numbers(self.gina), ["2"])
        self.assertEqual(self.numbers(self.cora), ["2", "1"])

    def test_filters_and_search_are_those_of_the_list(self):
        self.file(subject="Printer", priority="High")
        self.file(subject="Printer", tags=["vip"])
        self.file(subject="Scanner", priority="High")
        self.assertEqual(self.numbers(self.alice, q="printer"), ["2", "1"])
        self.assertEqual(self.numbers(self.alice, priority="High"), ["3", "1"])
        self.assertEqual(self.numbers(self.alice, q="printer", tag="vip"), ["2"])
        assert_problem(self.alice.get(EXPORT, {"status": "Lost"}), 400, "validation_error")

    def test_file_has_the_tickets_fields(self):
        bus.deliver("user.changed.v1", data={"id": str(self.alice.user_id), "name": "Alice Adams"})
        ticket = self.file(
            category="asset-check-out",
            sub_category="",
            subject='Loan, "urgent"',
            description="Two\nlines",
            tags=["a", "b"],
            custom_fields={"asset_name": "Beamer"},
        )
        Task(ticket).completed("Handed over.")
        (row,) = self.rows(self.alice)
        self.assertEqual(tuple(row), HEADINGS)
        self.assertEqual((row["subject"], row["description"], row["tags"]), ('Loan, "urgent"', "Two\nlines", "a b"))
        self.assertEqual((row["custom_fields"], row["requester_name"]), ('{"asset_name":"Beamer"}', "Alice Adams"))
        self.assertEqual((row["status"], row["resolution"], row["rating"]), ("Resolved", "Handed over.", ""))
        self.assertRegex(row["resolved_at"], r"^\d{4}-\d\d-\d\dT.*Z$")

    def test_cell_that_looks_like_a_formula_is_text(self):
        subjects = ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1+1"]
        for subject in subjects:
            self.file(subject=subject)
        self.assertEqual([row["subject"] for row in self.rows(self.alice)], [f"'{text}" for text in reversed(subjects)])

    def test_response_is_a_download(self):
        response = self.alice.get(EXPORT, headers={"Accept": "text/csv"})
        self.assertEqual(response["Content-Disposition"], 'attachment; filename="tickets.csv"')
        self.assertTrue(response["Content-Type"].startswith("text/csv"))

    def test_every_batch_costs_two_queries_and_none_is_missed(self):
        for _ in range(5):
            self.file()
        with mock.patch("tickets.selectors.BATCH", 2), CaptureQueriesContext(connection) as queries:
            self.assertEqual(self.numbers(self.cora), ["5", "4", "3", "2", "1"])
        selects = [query["sql"] for query in queries if "tickets_ticket" in query["sql"]]
        self.assertEqual(len(selects), 3)
        self.assertLessEqual(len(queries), 3 * 2 + 1)

    def test_empty_export_has_its_headings(self):
        response = self.alice.get(EXPORT)
        self.assertEqual(b"".join(response.streaming_content).decode().strip(), ",".join(HEADINGS))
