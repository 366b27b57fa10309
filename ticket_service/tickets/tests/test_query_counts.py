"""How many queries a request costs, transaction control and access check included."""

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from eventbus import testing as bus
from servicekit.ids import uuid7
from tickets.models import ScheduledTicket, TicketSchedule
from tickets.tests.cast import TICKETS, Cast, Task, png
from tickets.tests.test_macros import MACROS
from tickets.tests.test_recurring import BACKUPS, MORNINGS, SCHEDULES
from tickets.tests.test_templates import TEMPLATES

CREATE = 12
READ = 5
TRANSITION = 12
MACRO = 18


class QueryCountTest(Cast, TestCase):
    def queries(self, call) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            response = call()
        self.assertLess(response.status_code, 300, getattr(response, "content", b""))
        return [query["sql"] for query in captured]

    def assert_at_most(self, limit: int, call) -> None:
        queries = self.queries(call)
        self.assertLessEqual(len(queries), limit, "\n".join(sql[:150] for sql in queries))

    def test_creating_with_outbox_history_and_key(self):
        body = {"subject": "s", "description": "d", "category": "general"}
        self.assert_at_most(CREATE, lambda: self.alice.post(TICKETS, body, headers={"Idempotency-Key": "k"}))

    def test_creating_with_files_costs_one_more_however_many(self):
        body = {"subject": "s", "description": "d", "category": "general", "attachments": [png("a.png"), png("b.png")]}
        self.assert_at_most(
            CREATE + 1,
            lambda: self.alice.post(TICKETS, body, format="multipart", headers={"Idempotency-Key": "k"}),
        )

    def test_reading_one(self):
        ticket = self.file()
        Task(ticket).assigned(self.gina)
        for client in (self.alice, self.gina, self.cora):
            self.assert_at_most(READ, lambda client=client: client.get(self.url(ticket)))

    def test_transition(self):
        ticket = self.file()
        self.assert_at_most(
            TRANSITION,
            lambda: self.alice.post(self.url(ticket, "withdrawal"), headers={"Idempotency-Key": "k"}),
        )

    def test_a_macro_costs_what_its_edits_and_its_status_do(self):
        ticket, reply = self.file(), {"visibility": "internal", "body": "{{requester.name}}"}
        macro = self.macro(priority="High", add_tags=["x"], status="Rejected", reason="No.", reply=reply)
        url, headers = self.url(ticket, "macros", macro, "application"), {"If-Match": "*", "Idempotency-Key": "k"}
        self.assert_at_most(MACRO, lambda: self.cora.post(url, headers=headers))

    def test_lists_cost_the_same_for_2_and_20_rows(self):
        bus.deliver("user.changed.v1", data={"id": str(self.gina.user_id)})
        first = self.file()
        template = self.cora.post(TEMPLATES, {**BACKUPS, "is_shared": True}).json()["id"]
        schedule = self.recur(template)
        lists = {
            "tickets": (TICKETS, lambda: Task(self.file()).assigned(self.gina)),
            "history": (self.url(first, "history"), lambda: self.touch(first)),
            "attachments": (self.url(first, "attachments"), lambda: self.attach(first)),
            "templates": (TEMPLATES, lambda: self.cora.post(TEMPLATES, {"name": str(uuid7())})),
            "macros": (MACROS, lambda: self.macro(priority="Low")),
            "schedules": (SCHEDULES, lambda: self.recur(template)),
            "scheduled": (f"{SCHEDULES}{schedule.pk}/tickets/", lambda: self.scheduled(schedule)),
        }
        for name, (url, add) in lists.items():
            with self.subTest(name):
                self.grow(url, add, 2)
                few = self.queries(lambda url=url: self.cora.get(url))
                self.grow(url, add, 20)
                many = self.queries(lambda url=url: self.cora.get(url))
                self.assertEqual(len(few), len(many), "\n".join(many))
                self.assertLessEqual(len(many), 4)

    def test_searching_costs_no_more_than_listing_and_one_look_for_misspellings(self):
        self.file(subject="Printer")
        found = self.queries(lambda: self.gina.get(TICKETS, {"q": "printer", "status": "New"}))
        self.assertLessEqual(len(found), 6)
        self.assert_at_most(6, lambda: self.alice.get(TICKETS, {"q": "nowhere"}))

    def test_list_of_categories_is_two_queries(self):
        self.assert_at_most(2, lambda: self.alice.get("/api/v1/categories/"))

    def test_nothing_counts_rows(self):
        self.file()
        for url in (TICKETS, "/api/v1/categories/"):
            self.assertNotIn("COUNT(", " ".join(self.queries(lambda url=url: self.cora.get(url))).upper())

    def grow(self, url: str, add, count: int) -> None:
        while len(self.cora.get(url).json()["results"]) < count:
            add()

    def touch(self, ticket) -> None:
        ticket.refresh_from_db()
        response = self.cora.patch(
            self.url(ticket), {"subject": f"Edit {ticket.version}"}, headers={"If-Match": f'"{ticket.version}"'}
        )
        self.assertEqual(response.status_code, 200)

    def macro(self, **actions: object) -> str:
        return str(self.cora.post(MACROS, {"name": str(uuid7()), "actions": actions}).json()["id"])

    def recur(self, template_id: str) -> TicketSchedule:
        body = {"name": "Mornings", "template_id": template_id, **MORNINGS}
        return TicketSchedule.objects.get(pk=self.cora.post(SCHEDULES, body).json()["id"])

    def scheduled(self, schedule: TicketSchedule) -> None:
        ScheduledTicket.objects.create(schedule=schedule, ticket=self.file(), occurrence_at=timezone.now())

    def attach(self, ticket) -> None:
        self.alice.post(self.url(ticket, "attachments"), {"file": png()}, format="multipart")
