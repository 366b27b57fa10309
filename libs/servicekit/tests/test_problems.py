"""Every error is problem+json with a stable code, and says nothing that it should not."""

import json
import logging

from django.test import SimpleTestCase, TestCase, override_settings

from servicekit.problems import CONTENT_TYPE, Problem
from servicekit.testing import assert_problem
from tests.views import SECRET_TEXT


class ProblemTests(SimpleTestCase):
    def test_reserved_members_cannot_be_overwritten(self):
        with self.assertRaises(TypeError):
            Problem(status=200)

    def test_members_are_absent_rather_than_empty(self):
        body = Problem().body()
        self.assertEqual(set(body), {"type", "title", "status", "code", "request_id"})


class RaisedTests(TestCase):
    """The same exceptions, raised in a DRF view and in a plain one (which is where middleware's end up too)."""

    expected = {
        "http404": (404, "not_found"),
        "denied": (403, "permission_denied"),
        "suspicious": (400, "bad_request"),
        "operational": (503, "database_unavailable"),
        "interface": (503, "database_unavailable"),
        "value": (500, "internal_error"),
    }
    in_drf_only = {
        "too-big": (413, "body_too_large"),
        "throttled": (429, "throttled"),
        "unauthenticated": (401, "not_authenticated"),
        "drf-denied": (403, "permission_denied"),
        "problem": (409, "note_refused"),
    }

    def setUp(self):
        self.client.raise_request_exception = False
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)

    def check(self, path, status, code):
        response = self.client.get(path, headers={"X-Request-ID": "abc-1"})
        body = assert_problem(response, status, code)
        self.assertEqual(body["request_id"], "abc-1")
        self.assertNotIn("hunter2", response.content.decode())
        return response

    def test_in_a_view(self):
        for name, (status, code) in {**self.expected, **self.in_drf_only}.items():
            with self.subTest(name):
                self.check(f"/raise/{name}/", status, code)

    def test_outside_of_drf(self):
        for name, (status, code) in self.expected.items():
            with self.subTest(name):
                self.check(f"/raise-outside/{name}/", status, code)

    def test_no_route(self):
        self.check("/nowhere/", 404, "not_found")

    def test_unknown_host(self):
        response = self.client.get("/api/v1/notes/", headers={"Host": "evil.example"})
        assert_problem(response, 400, "invalid_host")

    def test_headers(self):
        self.assertEqual(self.check("/raise/operational/", 503, "database_unavailable")["Retry-After"], "2")
        self.assertEqual(self.check("/raise-outside/operational/", 503, "database_unavailable")["Retry-After"], "2")
        self.assertEqual(self.check("/raise/throttled/", 429, "throttled")["Retry-After"], "7")
        self.assertEqual(self.check("/raise/unauthenticated/", 401, "not_authenticated")["WWW-Authenticate"], "Name")
        self.assertEqual(self.check("/raise/problem/", 409, "note_refused")["Retry-After"], "1")

    def test_a_failed_sign_in_is_401_with_its_challenge(self):
        response = self.client.get("/api/v1/notes/", headers={"Authorization": "Name nobody"})
        assert_problem(response, 401, "authentication_failed")
        self.assertEqual(response["WWW-Authenticate"], "Name")

    def test_a_problem_shows_its_detail_and_extra_members(self):
        body = self.check("/raise/problem/", 409, "note_refused").json()
        self.assertEqual((body["detail"], body["note"]), ("Not this one.", "n"))
        self.assertTrue(body["type"].endswith(":note_refused"))

    def test_whatever_the_accept_header_says(self):
        response = self.client.get("/api/v1/notes/", headers={"Accept": "text/html"})
        assert_problem(response, 406, "not_acceptable")

    def test_methods_that_are_not_there(self):
        response = self.client.delete("/api/v1/notes/")
        assert_problem(response, 405, "method_not_allowed")
        self.assertIn("POST", response["Allow"])
        assert_problem(self.client.options("/api/v1/notes/"), 405, "method_not_allowed")

    @override_settings(DEBUG=True)
    def test_even_in_debug_mode_a_view_says_nothing(self):
        self.check("/raise/value/", 500, "internal_error")


class LoggedTests(TestCase):
    def test_an_unexpected_error_is_logged_with_its_traceback(self):
        self.client.raise_request_exception = False
        with self.assertLogs("servicekit.problems", "ERROR") as logs:
            self.client.get("/raise/value/")
        self.assertIn(SECRET_TEXT, logs.output[0])
        self.assertIn("internal_error in RaiseApi", logs.output[0])

    def test_a_client_error_is_not(self):
        with self.assertNoLogs("servicekit.problems"):
            self.client.get("/raise/http404/")


class BodyTests(TestCase):
    def post(self, body, content_type="application/json"):
        return self.client.generic("POST", "/api/v1/notes/", body, content_type=content_type)

    def test_a_body_that_does_not_validate_names_each_field(self):
        body = assert_problem(self.post('{"tags": [1, "x"]}'), 400, "validation_error")
        self.assertEqual(
            [(error["field"], error["code"]) for error in body["errors"]], [("text", "required"), ("tags.1", "invalid")]
        )

    def test_a_body_of_the_wrong_shape(self):
        for text in ("[]", '"x"', "1", "null"):
            with self.subTest(text):
                body = assert_problem(self.post(text), 400, "validation_error")
                self.assertEqual(body["errors"][0]["field"], "")

    def test_unknown_and_read_only_fields_are_refused(self):
        body = assert_problem(self.post(json.dumps({"text": "x", "id": "1", "owner": "me"})), 400, "validation_error")
        self.assertEqual(
            {(e["field"], e["code"]) for e in body["errors"]}, {(n, "unknown_field") for n in ("id", "owner")}
        )

    def test_many_long_unknown_fields_are_not_echoed_at_length(self):
        response = self.post(json.dumps({"text": "x"} | {"f" * 1000 + str(n): 1 for n in range(500)}))
        assert_problem(response, 400, "validation_error")
        self.assertLess(len(response.content), 5000)

    def test_malformed_bodies(self):
        bad = (b"{", b"", b"\xff\xfe", b'{"text": "\\ud800"}', b"[" * 100_000, b'{"text": NaN}', b'{"text": "\xff"}')
        for body in bad:
            with self.subTest(body[:20]):
                response = self.post(body)
                self.assertEqual((response.status_code, response["Content-Type"]), (400, CONTENT_TYPE))

    def test_a_nul_byte_in_a_text(self):
        body = assert_problem(self.post('{"text": "a\\u0000b"}'), 400, "validation_error")
        self.assertEqual(body["errors"][0]["field"], "text")

    def test_another_content_type(self):
        assert_problem(self.post("text=x", "application/x-www-form-urlencoded"), 415, "unsupported_media_type")
        assert_problem(self.post("<x/>", "application/xml"), 415, "unsupported_media_type")
