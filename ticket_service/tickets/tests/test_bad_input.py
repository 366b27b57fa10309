"""Nonsense gets a 4xx problem with the request's id, and leaves nothing half-written."""

from django.test import TestCase

from eventbus import testing as bus
from servicekit.testing import assert_problem
from tickets.models import Ticket
from tickets.tests.cast import TICKETS, Cast

GOOD = {"subject": "s", "description": "d", "category": "general"}


class BadInputTest(Cast, TestCase):
    def send(self, body: bytes, content_type: str = "application/json"):
        return self.alice.generic("POST", TICKETS, body, content_type=content_type, HTTP_X_REQUEST_ID="bad-1")

    def test_bodies_that_are_no_ticket(self):
        for body, content_type, status, code in (
            (b"{", "application/json", 400, "parse_error"),
            (b"", "application/json", 400, "validation_error"),
            (b"[]", "application/json", 400, "validation_error"),
            (b"null", "application/json", 400, "validation_error"),
            (b'"text"', "application/json", 400, "validation_error"),
            (b'{"subject": "\xff"}', "application/json", 400, "parse_error"),
            (b'{"subject": "\\ud800"}', "application/json", 400, "parse_error"),
            (b"[" * 100_000, "application/json", 400, "parse_error"),
            (b"<ticket/>", "application/xml", 415, "unsupported_media_type"),
            (b"a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
            (b"no boundary", "multipart/form-data", 400, "parse_error"),
            (b"--x\r\nbroken", "multipart/form-data; boundary=x", 400, "validation_error"),
        ):
            with self.subTest(body[:20]):
                response = self.send(body, content_type)
                if response.status_code == 400 and content_type.startswith("multipart"):
                    code = response.json()["code"]
                self.assertEqual(assert_problem(response, status, code)["request_id"], "bad-1")
        self.assertEqual((Ticket.objects.count(), bus.published()), (0, []))

    def test_fields_that_are_not_what_they_should_be(self):
        for field, value in {
            "subject": "x" * 201,
            "description": "x" * 20_001,
            "category": {"slug": "general"},
            "sub_category": "a b",
            "priority": "Urgent",
            "department": "x" * 101,
            "tags": ["with space"],
            "watcher_ids": ["me"],
        }.items():
            with self.subTest(field):
                body = assert_problem(self.alice.post(TICKETS, GOOD | {field: value}), 400, "validation_error")
                self.assertTrue(body["errors"][0]["field"].startswith(field), body)
        for field, value in {"subject": "a\0b", "description": "", "tags": "text", "watcher_ids": {}}.items():
            with self.subTest(field):
                assert_problem(self.alice.post(TICKETS, GOOD | {field: value}), 400, "validation_error")
        too_many = {"tags": [f"t{index}" for index in range(21)]}
        assert_problem(self.alice.post(TICKETS, GOOD | too_many), 400, "validation_error")

    def test_references_that_name_nothing(self):
        for reference in (
            "1",
            "none",
            "TTS-2026-1",
            "TTS-2026-000001x",
            "TTS-２０２６-000001",
            "%00",
            "00000000000000000000000000000000",
            "{00000000-0000-0000-0000-000000000000}",
            "x" * 500,
        ):
            with self.subTest(reference):
                response = self.alice.get(f"{TICKETS}{reference}/")
                self.assertIn(response.status_code, {400, 404})
                assert_problem(response, response.status_code, response.json()["code"])

    def test_file_field_that_is_no_file(self):
        ticket = self.file()
        response = self.alice.post(self.url(ticket, "attachments"), {"file": "text"}, format="multipart")
        assert_problem(response, 400, "validation_error")
        response = self.alice.post(self.url(ticket, "attachments"), {"file": "text"})
        assert_problem(response, 415, "unsupported_media_type")

    def test_pages_that_do_not_exist(self):
        for query in ({"cursor": "x"}, {"limit": "0"}, {"limit": "1000"}, {"limit": "ten"}):
            with self.subTest(query):
                response = self.alice.get(TICKETS, query)
                assert_problem(response, 400, response.json()["code"])

    def test_key_that_is_none(self):
        response = self.alice.post(TICKETS, GOOD, headers={"Idempotency-Key": "x" * 256})
        assert_problem(response, 400, "invalid_idempotency_key")

    def test_methods_that_do_not_exist(self):
        assert_problem(self.alice.delete(self.url(self.file())), 405, "method_not_allowed")
