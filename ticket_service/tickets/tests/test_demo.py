"""A demonstration has something to show in every category."""

from io import StringIO

from django.core.management import CommandError, call_command

from eventbus import testing as bus
from servicekit.ids import uuid7
from tickets import demo
from tickets.categories import CATEGORIES
from tickets.models import AccessGrant, Category, Ticket
from tickets.tests.cast import TicketTestCase


class DemoTest(TicketTestCase):
    def seed(self, **options: bool) -> str:
        out = StringIO()
        call_command("seed_demo", stdout=out, **options)
        return out.getvalue()

    def people(self) -> None:
        for username in demo.TICKETS:
            bus.deliver("user.changed.v1", data={"id": str(uuid7()), "username": username, "department": "Sales"})

    def test_first_run_files_tickets_of_every_category_like_any_other(self):
        self.people()
        self.assertIn("6 tickets", self.seed())
        self.assertEqual(set(Ticket.objects.values_list("category", flat=True)), set(CATEGORIES))
        self.assertEqual(len(bus.published("ticket.created.v1")), 6)
        self.assertEqual(AccessGrant.objects.values("grantee").distinct().count(), 2)
        self.assertEqual(set(Ticket.objects.values_list("department", flat=True)), {"Sales"})

    def test_second_run_files_none_unless_forced(self):
        self.people()
        self.seed()
        self.assertIn("0 tickets", self.seed())
        self.assertIn("6 tickets", self.seed(force=True))

    def test_people_that_auth_has_not_told_of_are_waited_for(self):
        with self.assertRaisesMessage(CommandError, "let the worker take them in"):
            self.seed()
        self.people()
        Category.objects.all().delete()
        with self.assertRaisesMessage(CommandError, "seed_categories"):
            self.seed()
        self.assertEqual(Ticket.objects.count(), 0)
