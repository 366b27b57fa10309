"""The drills' own arithmetic: a drill that cannot fail proves nothing."""

import contextlib
import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest import TestCase
from unittest.mock import patch

from suite import e2e, topology
from suite.drills import backups, deploys, faults, reckoning
from suite.drills.deploys import Deployed
from suite.drills.reckoning import Books
from suite.drills.traffic import Ledger, Outcome, fault_of, report
from suite.stack import Stack

SHAPE = topology.load()
PROBLEM = {"Content-Type": "application/problem+json"}


class AnswerTests(TestCase):
    def test_a_503_that_says_when_to_come_again_is_borne(self) -> None:
        self.assertEqual(fault_of(503, PROBLEM | {"Retry-After": "2"}, b'{"code": "x"}'), "")

    def test_a_503_without_it_is_not(self) -> None:
        self.assertEqual(fault_of(503, PROBLEM, b"{}"), "503 without Retry-After")

    def test_another_form_and_what_leaks_are_complained_of(self) -> None:
        self.assertEqual(fault_of(500, {"Content-Type": "text/html"}, b"<h1>"), "no problem+json")
        self.assertEqual(fault_of(500, PROBLEM, b'{"detail": "psycopg2.OperationalError"}'), "leaks psycopg")

    def test_what_is_no_failure_of_ours_is_not_looked_at(self) -> None:
        self.assertEqual(fault_of(404, {}, b"Traceback"), "")

    def test_a_500_is_a_complaint_even_when_it_leaks_nothing(self) -> None:
        answers = [Outcome("read", 0, 0, 500), Outcome("read", 0, 0, 0, "MaxRetryError"), Outcome("read", 0, 0, 503)]
        self.assertEqual(faults.complaints_of(answers), {"500 read": 1})

    def test_the_report_counts_what_failed_by_kind(self) -> None:
        rows = report([Outcome("read", 0, 0.1, 200), Outcome("read", 0, 0.1, 503), Outcome("read", 0, 0.3, 0)])
        self.assertEqual(rows, [["read", 3, "1x no answer 1x 503", 100, 300]])


def rows_by(**tables: list[list[str]]) -> Callable[[str, str], list[list[str]]]:
    """`Books.query` on made-up tables: the first whose name is in the statement answers."""
    return lambda service, sql: next((rows for name, rows in tables.items() if name in sql), [])


class ReckoningTests(TestCase):
    def books(self, **tables: list[list[str]]) -> Books:
        ledger = Ledger(tickets={"t1": "employee"}, comments={"c1": "t1"}, steps=[("k1", "done")])
        whole = {
            "taskitem i": [["t1"]],
            "taskitem": [["k1"]],
            "previous_status": [],
            "published_at": [],
            "outboxevent": [["e1", "ticket.created.v1"]],
            "inboxevent": [["e1", "ticket.created.v1", service.name] for service in SHAPE.services],
            "notifications_notice": [["t1"]],
            "workflows_task": [["t1"]],
            "conversation": [["t1"]],
            "comments_comment": [["c1"]],
            "tickets_ticket": [["t1"]],
        }
        books = Books(Stack(project="p"), SHAPE, ledger)
        self.enterContext(patch.object(Books, "query", side_effect=rows_by(**(whole | tables))))
        return books

    def test_books_that_agree(self) -> None:
        books = self.books()
        self.assertEqual((books.missing(), books.doubled()), ({}, {}))

    def test_each_thing_that_is_not_there_is_missed(self) -> None:
        for table, name in (
            ("tickets_ticket", "tickets"),
            ("workflows_task", "tasks"),
            ("conversation", "conversations"),
            ("comments_comment", "comments"),
            ("notifications_notice", "assignment notices"),
            ("taskitem", "completed steps"),
        ):
            with self.subTest(table=table):
                self.assertIn(name, self.books(**{table: []}).missing())

    def test_each_thing_that_is_there_twice_is_found(self) -> None:
        for table, rows, name in (
            ("tickets_ticket", [["t1"], ["t2"]], "tickets"),
            ("workflows_task", [["t1"], ["t1"]], "tasks"),
            ("comments_comment", [["c1"], ["c1"]], "comments"),
            ("notifications_notice", [["t1"], ["t1"]], "assignment notices"),
            ("taskitem", [["k1"], ["k1"]], "steps"),
        ):
            with self.subTest(table=table):
                self.assertEqual(self.books(**{table: rows}).doubled(), {name: 1})

    def test_an_event_that_one_service_did_not_take_in_is_missed(self) -> None:
        sent = [["e1", "ticket.created.v1"], ["e2", "ticket.created.v1"], ["e3", "ticket.merged.v1"]]
        missing = self.books(outboxevent=sent).missing()
        pairs = sum(len(service.consumes_from) for service in SHAPE.services)
        self.assertEqual(missing, {"events that a service did not take in": pairs})

    def test_a_reopened_ticket_has_two_tasks(self) -> None:
        tasks = [["t1"], ["t1"]]
        self.assertEqual(self.books(workflows_task=tasks).doubled(), {"tasks": 1})
        self.assertEqual(self.books(workflows_task=tasks, previous_status=[["1"]]).doubled(), {})

    def test_what_was_there_before_is_no_double(self) -> None:
        books = replace(self.books(tickets_ticket=[["t0"], ["t1"]]), before=1)
        self.assertEqual(books.doubled(), {})

    def test_repeated_counts_values_not_repetitions(self) -> None:
        self.assertEqual(reckoning._repeated(["a", "a", "a", "b"]), 1)


class DeploymentTests(TestCase):
    def judge(self, *found: Deployed) -> int:
        with contextlib.redirect_stdout(io.StringIO()):
            return deploys.judge(list(found))

    def test_bad_versions_taken_back_with_few_failures_pass(self) -> None:
        bad, good = Deployed("is slow", 3, 9.0, 100, 60, ""), Deployed("is good", 0, 9.0, 100, 0, "")
        self.assertEqual(self.judge(bad, good), 0)

    def test_one_that_stayed_or_too_many_failures_or_a_failure_of_the_good_one_do_not(self) -> None:
        for one in (
            Deployed("is slow", 0, 9.0, 100, 0, ""),
            Deployed("is slow", 3, 9.0, 100, 61, ""),
            Deployed("is good", 0, 9.0, 100, 1, ""),
            Deployed("is good", 3, 9.0, 100, 0, ""),
        ):
            with self.subTest(one=one):
                self.assertEqual(self.judge(one), 1)


class DumpTests(TestCase):
    DUMP = "SET x;\nCOPY public.a (id) FROM stdin;\n2\n1\n\\.\n\nCOPY public.b (id) FROM stdin;\n\\.\n"

    def test_rows_are_told_apart_by_table_and_their_order_does_not_count(self) -> None:
        self.assertEqual(backups.tables_of(self.DUMP), {"public.a": ["1", "2"], "public.b": []})


class BudgetTests(TestCase):
    """e2e.sh --within: skipped, and said so, when the time is not enough."""

    def run_with(self, within: float, *, here: bool, building: int = 0) -> tuple[str, Any]:
        options = SimpleNamespace(if_possible=True, within=within, images="", timeout=1.0)
        with (
            patch.object(e2e, "require_docker"),
            patch.object(e2e, "_is_here", return_value=here),
            patch.object(e2e.docker, "start", return_value=1) as start,
            patch.object(e2e.images, "build"),
            patch("time.monotonic", side_effect=itertools.chain([0.0], itertools.repeat(float(building)))),
            patch.object(Stack, "run"),
            patch.object(e2e.docker, "remove_temporary"),
            contextlib.redirect_stdout(io.StringIO()) as out,
        ):
            e2e.run(options)  # type: ignore[arg-type]
        return out.getvalue(), start

    def test_too_little_time(self) -> None:
        said, start = self.run_with(200, here=False)
        self.assertIn("SKIPPED: it takes about 470 s here, 200 s are left", said)
        start.assert_not_called()

    def test_images_that_are_here_make_it_cheaper(self) -> None:
        _, start = self.run_with(200, here=True)
        start.assert_called_once()

    def test_images_that_took_long_to_build_leave_no_time_to_try_them(self) -> None:
        said, start = self.run_with(200, here=True, building=61)
        self.assertIn("SKIPPED: it takes about 140 s here, 139 s are left", said)
        start.assert_not_called()
