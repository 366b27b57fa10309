"""Whatever is sent, the answer is a 4xx problem and nothing is written."""

from django.test import TestCase

from notifications.models import Preference, QuietHours
from notifications.tests.cast import CORA, ERIN, sign_in
from notifications.tests.test_inbox import notice
from servicekit.testing import assert_problem


class BadInput(TestCase):
    def setUp(self) -> None:
        self.erin, self.cora = sign_in(ERIN), sign_in(CORA)

    def test_filters_that_make_no_sense(self) -> None:
        for client, path in (
            (self.erin, "/api/v1/inbox/?unread=maybe"),
            (self.erin, f"/api/v1/inbox/?ticket={'x' * 37}"),
            (self.erin, "/api/v1/inbox/?ticket="),
            (self.erin, "/api/v1/inbox/?folder="),
            (self.cora, "/api/v1/deliveries/?ticket="),
            (self.cora, "/api/v1/deliveries/?endpoint="),
            (self.cora, "/api/v1/deliveries/?state=lost"),
            (self.erin, "/api/v1/why/"),
            (self.erin, "/api/v1/why/?event=7"),
            (self.erin, f"/api/v1/why/?event={ERIN}&user=erin"),
        ):
            with self.subTest(path):
                assert_problem(client.get(path), 400, "validation_error")

    def test_pages_that_are_none(self) -> None:
        for name, value, code in (
            ("limit", "0", "invalid_limit"),
            ("limit", "101", "invalid_limit"),
            ("limit", "ten", "invalid_limit"),
            ("cursor", "%00", "bad_request"),
            ("cursor", "abc", "invalid_cursor"),
            ("cursor", "WyJ4Il0", "invalid_cursor"),
        ):
            with self.subTest(name, value=value):
                assert_problem(self.erin.get(f"/api/v1/inbox/?{name}={value}"), 400, code)

    def test_an_id_that_is_none(self) -> None:
        for path in ("/api/v1/inbox/7/read/", "/api/v1/inbox/%ff/read/", "/api/v1/inbox/x%00/read/"):
            with self.subTest(path):
                self.assertIn(self.erin.post(path).status_code, (400, 404))

    def test_a_body_where_none_is_needed_changes_nothing(self) -> None:
        row = notice()
        for body, kind in (("{", "application/json"), (b"\xff", "application/json"), ("a,b", "text/csv")):
            with self.subTest(body):
                response = self.erin.generic("POST", f"/api/v1/inbox/{row.pk}/read/", body, content_type=kind)
                self.assertLess(response.status_code, 500)

    def test_preferences_that_make_no_sense(self) -> None:
        path = "/api/v1/preferences/ticket_received/email/"
        for body in ({}, {"on": "maybe"}, {"on": True, "digest_minutes": -1}, {"on": True, "digest_minutes": 1441}):
            with self.subTest(body):
                assert_problem(self.erin.put(path, body), 400, "validation_error")
        assert_problem(self.erin.put(path, {"on": True, "kind": "x"}), 400, "validation_error")
        for body in ({}, {"start": "25:00", "end": "07:00"}, {"start": "22:00"}):
            with self.subTest(body):
                assert_problem(self.erin.put("/api/v1/quiet-hours/", body), 400, "validation_error")
        self.assertFalse(Preference.objects.exists() or QuietHours.objects.exists())

    def test_a_wrong_method(self) -> None:
        assert_problem(self.erin.delete("/api/v1/inbox/"), 405, "method_not_allowed")

    def test_a_wrong_host(self) -> None:
        assert_problem(self.erin.get("/api/v1/inbox/", HTTP_HOST="evil.example"), 400, "invalid_host")
