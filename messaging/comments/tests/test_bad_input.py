"""Whatever is sent, the answer is a 4xx problem and nothing is written."""

from typing import Any

from django.test import TestCase

from comments.models import Comment
from comments.tests.cast import COMMENTS, ERIN, TICKET, know_ticket, sign_in
from eventbus.testing import published
from servicekit.ids import uuid7
from servicekit.testing import assert_problem

GOOD: dict[str, Any] = {"client_id": "01938c5e-0000-7000-8000-0000000000aa", "body": "Hi", "visibility": "public"}


class BadInput(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin = sign_in(ERIN)

    def tearDown(self) -> None:
        self.assertEqual((Comment.objects.count(), published()), (0, []))

    def test_fields_that_do_not_validate(self) -> None:
        for field, value, code in (
            ("client_id", None, "null"),
            ("client_id", "7", "invalid"),
            ("client_id", -7, "invalid"),
            ("body", "", "blank"),
            ("body", "  \n ", "blank"),
            ("body", None, "null"),
            ("body", ["Hi"], "invalid"),
            ("body", "x" * 10_001, "max_length"),
            ("body", "a\x00b", "null_characters_not_allowed"),
            ("visibility", "secret", "invalid_choice"),
            ("visibility", None, "null"),
            ("parent_id", "7", "invalid"),
            ("seq", 1, "unknown_field"),
            ("author_id", str(uuid7()), "unknown_field"),
            ("author_is_staff", True, "unknown_field"),
            ("created_at", "2020-01-01T00:00:00Z", "unknown_field"),
        ):
            with self.subTest(field, value=str(value)[:20]):
                body = assert_problem(self.erin.post(COMMENTS, {**GOOD, field: value}), 400, "validation_error")
                self.assertIn((field, code), [(error["field"], error["code"]) for error in body["errors"]])

    def test_fields_that_are_missing(self) -> None:
        for field in ("client_id", "body"):
            with self.subTest(field):
                rest = {key: value for key, value in GOOD.items() if key != field}
                body = assert_problem(self.erin.post(COMMENTS, rest), 400, "validation_error")
                self.assertEqual([(error["field"], error["code"]) for error in body["errors"]], [(field, "required")])

    def test_bodies_that_are_no_comment(self) -> None:
        for raw, kind, status, code in (
            (b"{", "application/json", 400, "parse_error"),
            (b"\xff\xfe", "application/json", 400, "parse_error"),
            (b'{"body": "\\ud800"}', "application/json", 400, "parse_error"),
            (b"[]", "application/json", 400, "validation_error"),
            (b"null", "application/json", 400, "validation_error"),
            (b"", "application/json", 400, "validation_error"),
            (b"body=Hi", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
            (b"Hi", "text/plain", 415, "unsupported_media_type"),
            (b"Hi", "multipart/form-data", 400, "parse_error"),
            (b"x" * (1024 * 1024 + 1), "application/json", 413, "body_too_large"),
        ):
            with self.subTest(raw[:20], kind=kind):
                assert_problem(self.erin.generic("POST", COMMENTS, raw, content_type=kind), status, code)

    def test_edits_that_are_none(self) -> None:
        path = f"{COMMENTS}{uuid7()}/"
        for body in ({}, {"body": ""}, {"body": "x", "visibility": "public"}, {"body": "x" * 10_001}, []):
            with self.subTest(str(body)[:20]):
                assert_problem(self.erin.patch(path, body, HTTP_IF_MATCH="*"), 400, "validation_error")
        assert_problem(self.erin.patch(path, {"body": "x"}, HTTP_IF_MATCH="*"), 404, "comment_not_found")
        assert_problem(self.erin.get(f"{COMMENTS}7/"), 404, "not_found")

    def test_reactions_and_read_marks_that_are_none(self) -> None:
        for sign in ("x", "HEART", "%00"):
            path = f"{COMMENTS}{uuid7()}/reactions/{sign}/"
            self.assertIn(self.erin.put(path).json()["code"], ("no_such_reaction", "bad_request"))
        assert_problem(self.erin.put(f"{COMMENTS}{uuid7()}/reactions/heart/"), 404, "comment_not_found")
        typing = f"/api/v1/tickets/{TICKET}/typing/"
        assert_problem(self.erin.post(typing, {"visibility": "secret"}), 400, "validation_error")
        assert_problem(self.erin.post(typing, {"visibility": "internal"}), 403, "internal_notes_are_for_staff")
        path = f"/api/v1/tickets/{TICKET}/read/"
        for body in ({}, {"seq": -1}, {"seq": "x"}, {"seq": 2**63}, {"seq": 1, "user_id": str(ERIN)}, []):
            with self.subTest(str(body)):
                assert_problem(self.erin.put(path, body), 400, "validation_error")

    def test_positions_that_are_none(self) -> None:
        for query in ("after=-1", "after=x", f"after={2**63}", "limit=0", "limit=101", "limit=x", "after=1&limit=-1"):
            with self.subTest(query):
                for path in (COMMENTS, f"/api/v1/tickets/{TICKET}/stream/"):
                    assert_problem(self.erin.get(f"{path}?{query}"), 400, "validation_error")

    def test_tickets_that_are_none(self) -> None:
        for ticket in ("7", "TTS-2026-999999", str(uuid7()), "ä", "x" * 2000):
            with self.subTest(ticket[:20]):
                path = f"/api/v1/tickets/{ticket}/comments/"
                assert_problem(self.erin.get(path), 404, "ticket_not_found")
                assert_problem(self.erin.post(path, GOOD), 404, "ticket_not_found")

    def test_bytes_that_are_no_text_in_a_path(self) -> None:
        for path in ("/api/v1/tickets/%ff/comments/", "/api/v1/tickets/a%00b/comments/"):
            with self.subTest(path):
                self.assertIn(self.erin.get(path).status_code, (400, 404))

    def test_a_wrong_method_and_a_wrong_host(self) -> None:
        assert_problem(self.erin.delete(COMMENTS), 405, "method_not_allowed")
        assert_problem(self.erin.get(COMMENTS, HTTP_HOST="evil.example"), 400, "invalid_host")
