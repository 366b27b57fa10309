"""Each category asks for what its tickets need, and takes nothing else."""

import json

from django.test import SimpleTestCase

from eventbus import testing as bus
from servicekit.testing import assert_problem
from tickets.api import serializers
from tickets.custom_fields import FieldSpec, checked
from tickets.errors import CustomFieldsInvalid
from tickets.models import HistoryEntry, Ticket
from tickets.tests.cast import TICKETS, TicketTestCase, png

ASSET = {"subject": "Loan", "description": "For a week.", "category": "asset-check-out"}
LAPTOP = {"asset_name": "Laptop 14", "serial": "SN-4711", "return_date": "2026-12-24"}
BUDGET = {"subject": "Training", "description": "Two days.", "category": "budget-proposal"}


class ValuesTest(SimpleTestCase):
    def check(self, kind: str, value: object, **spec) -> object:
        field: FieldSpec = {"name": "f", "label": "F", "type": kind, "required": False, **spec}  # type: ignore[typeddict-item]
        return checked([field], {"f": value}).get("f")

    def test_values_take_their_normal_form(self):
        for kind, value, normal in (
            ("text", " Berlin ", "Berlin"),
            ("text", "", None),
            ("text", None, None),
            ("choice", "red", "red"),
            ("date", "2028-02-29", "2028-02-29"),
            ("amount", "007.5", "7.50"),
            ("amount", 1200, "1200.00"),
            ("amount", "0", "0.00"),
            ("items", [{"name": "Desk", "amount": "90"}], [{"name": "Desk", "amount": "90.00"}]),
            (
                "period",
                {"end": "2026-12-31", "start": "2026-01-01"},
                {"start": "2026-01-01", "end": "2026-12-31"},
            ),
        ):
            with self.subTest(kind=kind, value=value):
                self.assertEqual(self.check(kind, value, choices=["red", "green"]), normal)

    def test_values_of_another_type_are_refused(self):
        for kind, value in (
            ("text", 7),
            ("text", " "),
            ("text", "x" * 501),
            ("text", "a\0b"),
            ("choice", "blue"),
            ("choice", ["red"]),
            ("date", "2026-02-30"),
            ("date", "24.12.2026"),
            ("date", "20261224"),
            ("date", 20261224),
            ("amount", "-1"),
            ("amount", "1.234"),
            ("amount", 1.5),
            ("amount", True),
            ("amount", "1e9"),
            ("amount", "٣"),
            ("items", []),
            ("items", "Desk"),
            ("items", [{"name": "Desk"}]),
            ("items", [{"name": "Desk", "amount": "x"}]),
            ("items", [["Desk", "90"]]),
            ("items", [{"name": "Desk", "amount": "1"}] * 51),
            ("period", {"start": "2026-02-01", "end": "2026-01-01"}),
            ("period", {"start": "2026-02-01"}),
            ("period", "2026"),
        ):
            with self.subTest(kind=kind, value=value), self.assertRaises(CustomFieldsInvalid):
                self.check(kind, value, choices=["red", "green"])


class CustomFieldsTest(TicketTestCase):
    def test_fields_of_the_category_are_kept_shown_and_told(self):
        ticket = self.file(**ASSET, sub_category="", custom_fields=LAPTOP)
        self.assertEqual(ticket.custom_fields, LAPTOP)
        self.assertEqual(self.alice.get(self.url(ticket)).json()["custom_fields"], LAPTOP)
        self.assertEqual(bus.published()[0]["data"]["custom_fields"], LAPTOP)

    def test_every_fault_is_named(self):
        response = self.alice.post(TICKETS, ASSET | {"custom_fields": {"return_date": "soon", "colour": "red"}})
        errors = assert_problem(response, 400, "custom_fields_invalid")["errors"]
        self.assertEqual(
            {(error["field"], error["code"]) for error in errors},
            {
                ("custom_fields.asset_name", "required"),
                ("custom_fields.return_date", "invalid"),
                ("custom_fields.colour", "unknown_field"),
            },
        )
        assert_problem(self.alice.post(TICKETS, BUDGET), 400, "custom_fields_invalid")
        self.assertEqual((Ticket.objects.count(), bus.published()), (0, []))

    def test_what_is_no_object_is_refused(self):
        for value in ([], "text", 1, None):
            with self.subTest(value):
                assert_problem(self.alice.post(TICKETS, ASSET | {"custom_fields": value}), 400, "validation_error")

    def test_multipart_body_carries_them_as_json(self):
        fields = ASSET | {"custom_fields": json.dumps(LAPTOP), "attachments": [png()]}
        response = self.alice.post(TICKETS, fields, format="multipart")
        self.assertEqual((response.status_code, response.json()["custom_fields"]), (201, LAPTOP))
        response = self.alice.post(TICKETS, fields | {"custom_fields": "{"}, format="multipart")
        assert_problem(response, 400, "validation_error")

    def test_a_text_that_no_database_takes_is_refused(self):
        """A form brings it as JSON text, whose escapes may stand for half a character."""
        for text in (r"\ud800", r"\u0000"):
            form = {"subject": "s", "description": "d", "category": ASSET["category"]}
            form["custom_fields"] = f'{{"asset_name": "{text}"}}'
            response = self.alice.post(TICKETS, form, format="multipart")
            assert_problem(response, 400, "custom_fields_invalid")

    def test_editing_replaces_them_all_and_history_tells(self):
        ticket = self.file(**ASSET, sub_category="", custom_fields=LAPTOP)
        other = {"asset_name": "Laptop 15"}
        response = self.alice.patch(self.url(ticket), {"custom_fields": other}, headers={"If-Match": '"1"'})
        self.assertEqual(response.json()["custom_fields"], other)
        entry = HistoryEntry.objects.latest("id")
        self.assertEqual((entry.field, entry.old, entry.new), ("custom_fields", LAPTOP, other))
        self.assertEqual(bus.published()[-1]["change"], {"fields": ["custom_fields"]})
        response = self.alice.patch(self.url(ticket), {"custom_fields": {}}, headers={"If-Match": '"2"'})
        assert_problem(response, 400, "custom_fields_invalid")

    def test_another_category_asks_for_its_own(self):
        ticket = self.file(**ASSET, sub_category="", custom_fields=LAPTOP)
        change = {"category": "budget-proposal"}
        response = self.alice.patch(self.url(ticket), change, headers={"If-Match": "*"})
        assert_problem(response, 400, "custom_fields_invalid")
        change |= {"custom_fields": {"amount": "10"}}
        self.assertEqual(self.alice.patch(self.url(ticket), change, headers={"If-Match": "*"}).status_code, 200)
        self.alice.patch(self.url(ticket), {"category": "general"}, headers={"If-Match": "*"})
        self.assertEqual(self.reload(ticket).custom_fields, {})

    def test_they_are_searched(self):
        self.file(**ASSET, sub_category="", custom_fields=LAPTOP)
        self.file(
            **BUDGET, sub_category="", custom_fields={"amount": "5", "cost_items": [{"name": "Hotel", "amount": 5}]}
        )
        for q, numbers in {"SN-4711": ["1"], "hotel": ["2"]}.items():
            found = self.alice.get(TICKETS, {"q": q}).json()["results"]
            self.assertEqual([line["number"][-1] for line in found], numbers)

    def test_categories_say_what_they_ask_for(self):
        categories = self.alice.get("/api/v1/categories/").json()["results"]
        schema = {category["slug"]: category["custom_fields"] for category in categories}
        self.assertEqual(
            [(spec["name"], spec["required"]) for spec in schema["asset-check-out"]],
            [("asset_name", True), ("serial", False), ("location", False), ("return_date", False)],
        )
        self.assertLessEqual(set(schema["budget-proposal"][0]), set(serializers.CustomFieldOutput().fields))
        self.assertEqual(schema["general"], [])
