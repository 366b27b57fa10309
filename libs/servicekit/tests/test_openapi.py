"""The OpenAPI document."""

import tempfile
from pathlib import Path

from django.core.management import call_command
from django.test import TestCase, override_settings

from servicekit.openapi import document
from servicekit.testing import OpenApiDriftMixin, assert_problem


class DocumentTests(TestCase):
    def parameters(self, path, method):
        return {entry["name"]: entry for entry in document()["paths"][path][method].get("parameters", [])}

    def test_anyone_may_read_it(self):
        response = self.client.get("/api/schema/")
        self.assertEqual((response.status_code, response.json()["openapi"]), (200, "3.1.0"))
        self.assertEqual(self.client.get("/api/schema/", headers={"Accept": "application/json"}).status_code, 200)
        assert_problem(self.client.post("/api/schema/"), 405, "method_not_allowed")

    def test_it_is_made_once(self):
        self.assertIs(document(), document())

    def test_headers_that_a_method_takes_are_in_it(self):
        self.assertIn("Idempotency-Key", self.parameters("/api/v1/notes/", "post"))
        self.assertNotIn("Idempotency-Key", self.parameters("/api/v1/notes/", "get"))
        self.assertTrue(self.parameters("/api/v1/notes/{id}/", "patch")["If-Match"]["required"])

    def test_lists_have_pages(self):
        self.assertLessEqual({"cursor", "limit"}, set(self.parameters("/api/v1/notes/", "get")))
        schemas = document()["components"]["schemas"]
        self.assertEqual(schemas["PaginatedNoteOutputList"]["required"], ["results", "next"])

    def test_every_operation_may_answer_a_problem(self):
        for path, operations in document()["paths"].items():
            for method, operation in operations.items():
                with self.subTest(f"{method} {path}"):
                    self.assertEqual(list(operation["responses"]["default"]["content"]), ["application/problem+json"])


class DriftTests(TestCase):
    def check(self, folder):
        with override_settings(BASE_DIR=Path(folder)):
            OpenApiDriftMixin().test_openapi_yaml_is_up_to_date()

    def test_the_committed_document(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesMessage(AssertionError, "--file openapi.yaml --validate --fail-on-warn"):
                self.check(folder)
            made = Path(folder, "openapi.yaml")
            call_command("spectacular", file=str(made))
            self.check(folder)
            made.write_text(made.read_text().replace("title: servicekit", "title: other"))
            with self.assertRaisesMessage(AssertionError, "-  title: other"):
                self.check(folder)
