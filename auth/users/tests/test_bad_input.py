"""Whatever is sent, the answer is a 4xx problem and nothing is half-written."""

import json

from servicekit.testing import assert_problem
from users.models import AuditEntry, Session, User
from users.tests.cast import PASSWORD, CastTestCase, client_of

GOOD = {
    "/api/v1/token/": {"username": "erin", "password": PASSWORD},
    "/api/v1/token/refresh/": {"refresh": "x"},
    "/api/v1/token/verify/": {"token": "x"},
    "/api/v1/token/blacklist/": {"refresh": "x"},
    "/api/v1/token/service/": {"client_id": "x", "client_secret": "x", "audience": "x"},
    "/api/v1/token/totp/": {"challenge": "x", "code": "123456"},
    "/api/v1/token/passkey/": {
        "credential": {"id": "x", "client_data_json": "x", "authenticator_data": "x", "signature": "x"}
    },
    "/api/v1/password-reset/": {"email": "erin@example.com"},
    "/api/v1/password-reset/confirmation/": {"token": "x", "password": PASSWORD},
    "/api/v1/invitations/acceptance/": {"token": "x", "password": PASSWORD},
}


class BadInputTests(CastTestCase):
    def post(self, path, body, content_type="application/json"):
        return self.client.post(path, body, content_type)

    def test_bodies_that_are_no_json(self):
        for path in GOOD:
            for body in (b"{", b"", b"\xff\xfe", b"nonsense", b'{"username": "\xff"}', b'{"a": NaN}'):
                with self.subTest(path=path, body=body):
                    response = self.post(path, body)
                    self.assertEqual(response.status_code, 400)
                    self.assertEqual(response["Content-Type"], "application/problem+json")

    def test_bodies_that_are_no_object(self):
        for path in GOOD:
            for body in ("[]", "null", '"text"', "7", "[" * 2000 + "]" * 2000):
                with self.subTest(path=path, body=body[:9]):
                    self.assertEqual(self.post(path, body).status_code, 400)

    def test_other_content_types(self):
        for path in GOOD:
            for content_type in ("text/plain", "application/xml", "multipart/form-data; boundary=x"):
                with self.subTest(path=path, content_type=content_type):
                    assert_problem(self.post(path, "x", content_type), 415, "unsupported_media_type")

    def test_values_of_the_wrong_kind(self):
        for path, good in GOOD.items():
            for field in good:
                for value in (None, "", [], {}, {"$ne": ""}, True, "\x00", "a\x00b", "x" * 9000):
                    with self.subTest(path=path, field=field, value=str(value)[:9]):
                        assert_problem(self.post(path, {**good, field: value}), 400, "validation_error")

    def test_a_lone_surrogate(self):
        response = self.post("/api/v1/token/", r'{"username": "\ud800", "password": "x"}')
        self.assertEqual(response.status_code, 400)

    def test_missing_and_unknown_fields(self):
        for path, good in GOOD.items():
            for field in good:
                with self.subTest(path=path, field=field):
                    body = assert_problem(
                        self.post(path, {name: value for name, value in good.items() if name != field}),
                        400,
                        "validation_error",
                    )
                    self.assertEqual([error["field"] for error in body["errors"]], [field])
            body = assert_problem(self.post(path, {**good, "is_superuser": True}), 400, "validation_error")
            self.assertEqual([error["code"] for error in body["errors"]], ["unknown_field"])

    def test_ids_that_lead_nowhere(self):
        api = client_of(self.ada)
        for text in ("01938c5e-0000-7000-8000-000000000001", "1", "nonsense", "%00", "..%2f..", "%ff"):
            for suffix in ("", "deactivation/"):
                with self.subTest(text + suffix):
                    response = (
                        api.post(f"/api/v1/users/{text}/{suffix}") if suffix else api.get(f"/api/v1/users/{text}/")
                    )
                    self.assertIn(response.status_code, (400, 404))
                    self.assertEqual(response["Content-Type"], "application/problem+json")

    def test_signed_in_routes(self):
        api = client_of(self.root)
        routes = [
            ("POST", "/api/v1/me/password/"),
            ("POST", "/api/v1/me/totp/"),
            ("POST", "/api/v1/me/totp/confirmation/"),
            ("POST", "/api/v1/me/totp/removal/"),
            ("POST", "/api/v1/me/totp/recovery-codes/"),
            ("POST", "/api/v1/users/"),
            ("PATCH", f"/api/v1/users/{self.erin.pk}/"),
            ("POST", f"/api/v1/users/{self.erin.pk}/suspension/"),
            ("POST", "/api/v1/systems/"),
            ("POST", "/api/v1/roles/"),
            ("POST", "/api/v1/role-assignments/"),
            ("POST", "/api/v1/sessions/revocation/"),
        ]
        for method, path in routes:
            for body in ("{", "[]", "null", "7", r'{"name": "\ud800"}', '{"unknown": 1}', '{"name": {"a": []}}'):
                with self.subTest(f"{method} {path} {body}"):
                    self.assertEqual(api.generic(method, path, body, "application/json").status_code, 400)
            for field in ("name", "username", "email", "roles", "role", "user", "system", "slug", "reason"):
                for value in ("a\x00b", "x" * 9000, [[]], {"$ne": 1}, True, None):
                    with self.subTest(f"{method} {path} {field} {value!s:.9}"):
                        answer = api.generic(method, path, json.dumps({field: value}), "application/json")
                        self.assertEqual(answer.status_code, 400)

    def test_bad_pages(self):
        api = client_of(self.ada)
        assert_problem(api.get("/api/v1/users/?limit=0"), 400, "invalid_limit")
        assert_problem(api.get("/api/v1/users/?limit=1000000000"), 400, "invalid_limit")
        assert_problem(api.get("/api/v1/users/?cursor=nonsense"), 400, "invalid_cursor")

    def test_a_large_body(self):
        assert_problem(self.post("/api/v1/token/", b" " * (2 * 1024 * 1024)), 413, "body_too_large")

    def test_a_bad_token_is_no_obstacle_to_signing_in(self):
        response = self.client.post(
            "/api/v1/token/", GOOD["/api/v1/token/"], "application/json", HTTP_AUTHORIZATION="Bearer nonsense"
        )
        self.assertEqual(response.status_code, 200)

    def test_nothing_was_written(self):
        before = (User.objects.count(), AuditEntry.objects.count())
        self.test_values_of_the_wrong_kind()
        self.test_missing_and_unknown_fields()
        self.assertEqual((User.objects.count(), AuditEntry.objects.count()), before)
        self.assertFalse(Session.objects.exists())
