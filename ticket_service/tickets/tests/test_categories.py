"""The categories of a new installation."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.test import TestCase

from jwtauth.testing import api_client
from servicekit.testing import assert_problem
from tickets.custom_fields import TYPES
from tickets.models import Category
from tickets.tests.cast import TICKETS, TicketTestCase

CATEGORIES = "/api/v1/categories/"


class CategoriesTest(TestCase):
    def seed(self, **options: bool) -> str:
        out = StringIO()
        call_command("seed_categories", stdout=out, **options)
        return out.getvalue()

    def test_first_run_writes_them_all_and_the_second_nothing(self):
        self.assertIn("5 categories", self.seed())
        self.assertIn("0 categories", self.seed())
        names = dict(Category.objects.values_list("slug", "name"))
        self.assertEqual(
            names,
            {
                "asset-check-in": "Asset Check In",
                "asset-check-out": "Asset Check Out",
                "budget-proposal": "New Budget Proposal",
                "general": "General",
                "it-support": "IT Support",
            },
        )

    def test_own_changes_survive_unless_forced(self):
        self.seed()
        Category.objects.filter(slug="general").update(name="Anything", is_active=False)
        self.seed()
        self.assertEqual(Category.objects.get(slug="general").name, "Anything")
        self.assertIn("5 categories", self.seed(force=True))
        self.assertEqual(Category.objects.get(slug="general").name, "General")

    def test_list_shows_those_that_are_offered(self):
        self.seed()
        Category.objects.filter(slug="general").update(is_active=False)
        page = api_client().get("/api/v1/categories/").json()
        slugs = [category["slug"] for category in page["results"]]
        self.assertEqual(slugs, ["asset-check-in", "asset-check-out", "budget-proposal", "it-support"])
        self.assertEqual(
            [sub["slug"] for sub in page["results"][-1]["sub_categories"]],
            ["hardware", "software", "network", "access"],
        )
        self.assertIsNone(page["next"])

    def test_seeded_schemas_have_types_that_exist_and_names_of_their_own(self):
        self.seed()
        for category in Category.objects.all():
            names = [spec["name"] for spec in category.custom_fields]
            self.assertEqual(len(names), len(set(names)))
            for spec in category.custom_fields:
                self.assertIn(spec["type"], TYPES)


class AdministrationTest(TicketTestCase):
    def travel(self, **fields: object) -> Any:
        return self.adam.post(CATEGORIES, {"slug": "travel", "name": "Travel", **fields})

    def test_a_new_category_with_its_fields_is_offered_and_holds_tickets_to_them(self):
        field = {"name": "destination", "label": "Destination", "type": "text", "required": True}
        kind = {"name": "class", "label": "Class", "type": "choice", "choices": ["1", "2"]}
        made = self.travel(custom_fields=[field, kind], sub_categories=[{"slug": "rail", "name": "Rail"}])
        self.assertEqual((made.status_code, made.headers["ETag"]), (201, '"1"'), made.content)
        body = {"subject": "s", "description": "d", "category": "travel", "sub_category": "rail"}
        assert_problem(self.alice.post(TICKETS, body), 400, "custom_fields_invalid")
        filed = self.alice.post(TICKETS, body | {"custom_fields": {"destination": "Oslo", "class": "2"}})
        self.assertEqual(filed.status_code, 201, filed.content)

    def test_what_is_no_longer_offered_takes_no_tickets_and_keeps_those_it_has(self):
        ticket = self.file(category="general", sub_category="")
        off = self.adam.patch(f"{CATEGORIES}general/", {"is_active": False}, headers={"If-Match": '"1"'})
        self.assertEqual((off.status_code, off.json()["is_active"]), (200, False))
        body = {"subject": "s", "description": "d", "category": "general"}
        assert_problem(self.alice.post(TICKETS, body), 400, "category_unknown")
        self.assertEqual(self.alice.get(self.url(ticket)).json()["category"], "general")
        slugs = {
            client: [row["slug"] for row in client.get(CATEGORIES, {"include_inactive": True}).json()["results"]]
            for client in (self.alice, self.cora)
        }
        self.assertNotIn("general", slugs[self.alice])
        self.assertIn("general", slugs[self.cora])

    def test_of_two_changes_one_wins(self):
        url = f"{CATEGORIES}general/"
        assert_problem(self.adam.patch(url, {"name": "x"}), 428, "precondition_required")
        self.assertEqual(self.adam.patch(url, {"name": "x"}, headers={"If-Match": '"1"'}).status_code, 200)
        assert_problem(self.adam.patch(url, {"name": "y"}, headers={"If-Match": '"1"'}), 412, "precondition_failed")
        assert_problem(self.adam.patch(f"{CATEGORIES}none/", {}, headers={"If-Match": "*"}), 404, "category_not_found")

    def test_a_change_names_sub_categories_and_fields_whole(self):
        url = f"{CATEGORIES}general/"
        for change in ({"sub_categories": [{"name": "Paper"}]}, {"custom_fields": [{"name": "size", "type": "text"}]}):
            with self.subTest(change):
                response = self.adam.patch(url, change, headers={"If-Match": '"1"'})
                assert_problem(response, 400, "validation_error")
        field = {"name": "size", "label": "Size", "type": "text"}
        changed = self.adam.patch(url, {"custom_fields": [field]}, headers={"If-Match": '"1"'}).json()
        self.assertEqual(changed["custom_fields"], [{**field, "required": False}])

    def test_schemas_that_make_no_sense_are_refused(self):
        field = {"name": "a", "label": "A", "type": "text"}
        for fields in (
            {"custom_fields": [field | {"type": "colour"}]},
            {"custom_fields": [field, field]},
            {"custom_fields": [field | {"name": "A b"}]},
            {"custom_fields": [field | {"type": "choice"}]},
            {"custom_fields": [field | {"choices": ["1"]}]},
            {"custom_fields": [field | {"default": "1"}]},
            {"sub_categories": [{"slug": "x", "name": "X"}] * 2},
        ):
            with self.subTest(fields=fields):
                assert_problem(self.travel(**fields), 400, "validation_error")
        assert_problem(self.adam.post(CATEGORIES, {"slug": "general", "name": "x"}), 409, "category_slug_taken")
