"""The categories of a new installation."""

from io import StringIO

from django.core.management import call_command
from django.test import TestCase

from jwtauth.testing import api_client
from tickets.custom_fields import TYPES
from tickets.models import Category


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
