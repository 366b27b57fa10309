"""Mallory wants to know who has an account: no status, no body, no work and no header tells."""

from unittest import mock

from django.db import connection
from django.test.utils import CaptureQueriesContext

from eventbus.models import Job
from users.models import User
from users.tests.cast import PASSWORD, CastTestCase, personal_token, service_client

KNOWN, UNKNOWN = "erin@example.com", "nobody@example.com"

# Made up anew for each, and of nothing that it says.
OF_THIS_REQUEST = ("X-Request-ID", "traceparent")


class EnumerationTests(CastTestCase):
    def setUp(self):
        self.hashes = self.enterContext(mock.patch("users.hashers.Argon2idPasswordHasher.encode", return_value="x"))
        self.checks = self.enterContext(mock.patch("users.hashers.Argon2idPasswordHasher.verify", return_value=False))

    def look(self, path, body):
        """All that can be seen of an answer, and the work that it took: hashes, and the queries by kind."""
        before = self.hashes.call_count + self.checks.call_count
        with CaptureQueriesContext(connection) as queries:
            answer = self.client.post(f"/api/v1/{path}", body, "application/json")
        content = {name: value for name, value in answer.json().items() if name != "request_id"}
        headers = {name: value for name, value in answer.items() if name not in OF_THIS_REQUEST}
        work = self.hashes.call_count + self.checks.call_count - before
        return answer.status_code, content, headers, work, [query["sql"].split()[0] for query in queries]

    def assert_alike(self, path, *bodies):
        looks = [self.look(path, body) for body in bodies]
        for look in looks[1:]:
            self.assertEqual(look, looks[0])
        return looks[0]

    def test_signing_in(self):
        User.objects.filter(pk=self.emil.pk).update(is_active=False, password=self.erin.password)
        names = ("nobody", "erin", "emil", "alan", UNKNOWN, KNOWN)  # Emil is closed, Alan has no password
        status, _, _, work, _ = self.assert_alike(
            "token/", *({"username": name, "password": "wrong"} for name in names)
        )
        self.assertEqual((status, work), (401, 1))

    def test_asking_for_a_new_password(self):
        status, content, _, work, _ = self.assert_alike("password-reset/", {"email": UNKNOWN}, {"email": KNOWN})
        self.assertEqual((status, content, work), (202, {}, 0))

    def test_asking_for_an_account(self):
        ask = {"name": "Zoe", "username": "zoe"}
        status, content, _, work, _ = self.assert_alike(
            "registrations/",
            {**ask, "email": UNKNOWN},
            {**ask, "email": KNOWN},
            {**ask, "email": "other@example.com", "username": "erin"},
        )
        self.assertEqual((status, content, work), (202, {}, 0))

    def test_what_differs_is_done_by_a_job(self):
        for path, more in (("password-reset/", {}), ("registrations/", {"name": "Zoe", "username": "zoe"})):
            for email in (KNOWN, UNKNOWN):
                self.look(path, {"email": email, **more})
        self.assertEqual(Job.objects.count(), 4)

    def test_tokens_of_all_kinds(self):
        for path, field in (
            ("token/refresh/", "refresh"),
            ("token/personal/", "token"),
            ("password-reset/confirmation/", "token"),
            ("invitations/acceptance/", "token"),
            ("email-change/confirmation/", "token"),
            ("registrations/confirmation/", "token"),
        ):
            extra = {"password": PASSWORD} if path.startswith(("password-reset", "invitations")) else {}
            with self.subTest(path):
                self.assert_alike(path, {field: "x" * 43, **extra}, {field: "y" * 43, **extra})

    def test_a_closed_accounts_token_is_an_unknown_token(self):
        _, text = personal_token(self.emil)
        User.objects.filter(pk=self.emil.pk).update(is_active=False)
        known, unknown = (self.look("token/personal/", {"token": token})[:3] for token in (text, "tts_pat_unknown"))
        self.assertEqual(known, unknown)

    def test_service_clients(self):
        service_client("reports")
        secret = {"client_secret": "wrong", "audience": "messaging"}
        known, unknown = (
            self.look("token/service/", {"client_id": name, **secret})[:3] for name in ("reports", "nobody")
        )
        self.assertEqual(known, unknown)
