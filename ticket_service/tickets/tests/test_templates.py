"""Staff keep what requests begin with, and offer some of it to everybody who files."""

from typing import Any

from jwtauth.testing import SignedInClient
from servicekit.testing import assert_problem
from tickets.models import Category
from tickets.tests.cast import TICKETS, TicketTestCase

TEMPLATES = "/api/v1/ticket-templates/"
CHECK_OUT = {"category": "asset-check-out", "custom_fields": {"location": "Berlin"}}


class TemplateTestCase(TicketTestCase):
    def keep(self, client: SignedInClient | None = None, **fields: Any) -> dict[str, Any]:
        response = (client or self.cora).post(TEMPLATES, {"name": "New laptop", **fields})
        self.assertEqual(response.status_code, 201, response.content)
        return response.json()

    def url_of(self, template: dict[str, Any]) -> str:
        return f"{TEMPLATES}{template['id']}/"

    def names(self, client: SignedInClient) -> list[str]:
        return [row["name"] for row in client.get(TEMPLATES).json()["results"]]


class TemplateTest(TemplateTestCase):
    def test_an_employee_files_from_what_is_offered(self):
        self.keep(subject="New laptop", tags=["new", "hardware", "new"], is_shared=True, is_offered=True, **CHECK_OUT)
        (template,) = self.alice.get(TEMPLATES).json()["results"]
        self.assertEqual(template["tags"], ["hardware", "new"])
        body = {name: template[name] for name in ("subject", "category", "tags")}
        body |= {"description": "Mine is broken.", "custom_fields": {**template["custom_fields"], "asset_name": "X1"}}
        ticket = self.alice.post(TICKETS, body).json()
        self.assertEqual(ticket["custom_fields"], {"asset_name": "X1", "location": "Berlin"})
        self.assertEqual((ticket["subject"], ticket["tags"]), ("New laptop", ["hardware", "new"]))

    def test_who_sees_which(self):
        self.keep(self.gina, name="Gina's")
        self.keep(name="The desk's", is_shared=True)
        self.keep(name="Everybody's", is_shared=True, is_offered=True)
        for client, names in {
            self.alice: ["Everybody's"],
            self.gina: ["Everybody's", "The desk's", "Gina's"],
            self.max: ["Everybody's", "The desk's"],
        }.items():
            self.assertEqual(self.names(client), names)

    def test_what_is_offered_is_read_and_not_changed_by_who_files(self):
        offered = self.keep(is_shared=True, is_offered=True)
        kept = self.keep(name="The desk's", is_shared=True)
        self.assertEqual(self.alice.get(self.url_of(offered)).status_code, 200)
        assert_problem(self.alice.get(self.url_of(kept)), 404, "preset_not_found")
        change = self.alice.patch(self.url_of(offered), {"name": "x"}, headers={"If-Match": "*"})
        assert_problem(change, 403, "permission_denied")
        change = self.gina.patch(self.url_of(offered), {"name": "x"}, headers={"If-Match": "*"})
        assert_problem(change, 403, "preset_not_yours")
        assert_problem(self.gina.delete(self.url_of(offered)), 403, "preset_not_yours")
        assert_problem(self.alice.post(TEMPLATES, {"name": "Mine"}), 403, "permission_denied")

    def test_only_what_is_shared_is_offered(self):
        for body in ({"is_offered": True}, {"is_offered": True, "is_shared": False}):
            response = self.cora.post(TEMPLATES, {"name": "All", **body})
            assert_problem(response, 400, "template_not_shared")
        url = self.url_of(self.keep(is_shared=True, is_offered=True))
        response = self.cora.patch(url, {"is_shared": False}, headers={"If-Match": "*"})
        assert_problem(response, 400, "template_not_shared")
        response = self.cora.patch(url, {"is_shared": False, "is_offered": False}, headers={"If-Match": "*"})
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.names(self.alice), [])

    def test_custom_fields_are_the_categorys_and_may_lack_what_it_needs(self):
        template = self.keep(**CHECK_OUT)
        self.assertEqual(template["custom_fields"], {"location": "Berlin"})
        for body, field, code in (
            ({"category": "asset-check-out", "custom_fields": {"colour": "red"}}, "colour", "unknown_field"),
            ({"category": "asset-check-out", "custom_fields": {"return_date": "soon"}}, "return_date", "invalid"),
            ({"custom_fields": {"location": "Berlin"}}, "location", "unknown_field"),
        ):
            errors = assert_problem(self.cora.post(TEMPLATES, {"name": "x", **body}), 400, "custom_fields_invalid")
            self.assertEqual([(e["field"], e["code"]) for e in errors["errors"]], [(f"custom_fields.{field}", code)])
        # Another category has other fields.
        response = self.cora.patch(self.url_of(template), {"category": "general"}, headers={"If-Match": "*"})
        assert_problem(response, 400, "custom_fields_invalid")
        change = {"category": "", "custom_fields": {}}
        self.assertEqual(
            self.cora.patch(self.url_of(template), change, headers={"If-Match": "*"}).json()["category"], ""
        )

    def test_categories_are_those_that_are_offered(self):
        for body in ({"category": "nowhere"}, {"category": "it-support", "sub_category": "nowhere"}):
            assert_problem(self.cora.post(TEMPLATES, {"name": "x", **body}), 400, "category_unknown")
        # One that was retired since does not keep its template from being put right, or renamed.
        template = self.keep(category="it-support", sub_category="hardware")
        Category.objects.filter(pk="it-support").update(is_active=False)
        url = self.url_of(template)
        same = {"name": "Laptops", "category": "it-support", "sub_category": "hardware"}
        self.assertEqual(self.cora.patch(url, same, headers={"If-Match": "*"}).status_code, 200)
        response = self.cora.patch(url, {"sub_category": "software"}, headers={"If-Match": "*"})
        assert_problem(response, 400, "category_unknown")
        self.assertEqual(
            self.cora.patch(url, {"category": "general", "sub_category": ""}, headers={"If-Match": "*"}).status_code,
            200,
        )

    def test_of_two_changes_one_wins(self):
        url = self.url_of(self.keep())
        assert_problem(self.cora.patch(url, {"name": "x"}), 428, "precondition_required")
        self.assertEqual(self.cora.patch(url, {"name": "First"}, headers={"If-Match": '"1"'})["ETag"], '"2"')
        assert_problem(
            self.cora.patch(url, {"name": "Second"}, headers={"If-Match": '"1"'}), 412, "precondition_failed"
        )
