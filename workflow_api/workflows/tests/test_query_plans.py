"""Every scope of the list of tasks is answered from an index, at a size at which it matters."""

import os
from typing import Any
from unittest import skipUnless

from django.db import connection
from django.test import TestCase, tag
from django.utils import timezone

from jwtauth.principal import Principal
from servicekit.ids import uuid7
from workflows.models import Task
from workflows.selectors import absence_list, task_list
from workflows.services.bulk_seeding import tasks_seed_bulk
from workflows.tests.cast import Staff, seed

# bench/query_plans.py asks the same of 100,000.
COUNT = int(os.environ.get("QUERY_PLANS_OF", "4000"))


def person(role: str, pk: Any = None) -> Principal:
    return Principal(id=pk or uuid7(), kind="user", name="Somebody", roles=frozenset({role}))


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "plans are PostgreSQL's")
class QueryPlanTest(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        seed()
        Staff()
        tasks_seed_bulk(count=COUNT, until=timezone.now(), progress=lambda stored: None)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        cls.some = Task.objects.filter(status="assigned").order_by("-id")[0]
        cls.lead, cls.agent = person("tts:ticket-coordinator"), person("tts:agent", cls.some.assignee_id)

    def assert_from_index(self, actor: Principal, **asked: Any) -> str:
        plan = task_list(actor=actor, **asked)[:26].explain()
        self.assertIn("Index", plan)
        for name in ("task", "taskitem", "taskreader", "ticketprojection"):
            self.assertNotIn(f"Seq Scan on workflows_{name} ", plan)
        return str(plan)

    def test_each_scope(self) -> None:
        """Where few are open, PostgreSQL may read the open ones in order instead of by their step or reason."""
        for scope, index in {
            "mine": "task_item",
            "queue": "task_open_step|task_open ",
            "owned": "task_open_owner",
            "unrouted": "task_unrouted|task_open ",
            "overdue": "task_open",
        }.items():
            with self.subTest(scope):
                self.assertRegex(self.assert_from_index(self.lead, scope=scope), index)
                self.assert_from_index(self.agent, scope=scope)
        self.assertIn("workflows_task_pkey", self.assert_from_index(self.lead, scope="all"))

    def test_the_tasks_of_a_ticket(self) -> None:
        for actor in (self.lead, self.agent):
            for ticket in (str(self.some.ticket_id), self.some.ticket.number):
                with self.subTest(ticket, roles=actor.roles):
                    self.assert_from_index(actor, ticket=ticket)

    def test_a_following_page(self) -> None:
        plan = task_list(actor=self.lead, scope="all").filter(pk__lt=self.some.pk)[:26].explain()
        self.assertIn("workflows_task_pkey", plan)

    def test_own_absences(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # there are none: an empty table is read faster
        self.assertIn("absence_person", absence_list(actor=self.agent, scope="mine")[:26].explain())
