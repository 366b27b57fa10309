"""Mallory sends more than was asked for: every route that takes a body, every field that would be worth it."""

from django.db import transaction

from users.models import RoleAssignment, User
from users.tests import test_access
from users.tests.cast import PASSWORD, client_of

WORTH = {
    "is_staff": True,
    "is_superuser": True,
    "superuser": True,
    "is_active": True,
    "token_version": 0,
    "version": 1,
    "id": "01938c5e-0000-7000-8000-000000000001",
    "groups": [1],
    "user_permissions": [1],
    "last_login": None,
    "password_hash": "x",
    "assignments": ["tts:admin"],
    "user_id": "01938c5e-0000-7000-8000-000000000001",
    "created_at": "2020-01-01T00:00:00Z",
    "__proto__": {"is_superuser": True},
}
# Where such a field is what the route is about.
MEANT = {("PATCH", "/api/v1/roles/{}/"): {"is_active"}, ("PATCH", "/api/v1/service-clients/{}/"): {"is_active"}}
BODIES = {
    "/api/v1/token/": {"username": "erin", "password": PASSWORD},
    "/api/v1/users/": {"username": "zoe", "email": "zoe@example.com", "name": "Zoe", "roles": ["hdts:employee"]},
    "/api/v1/registrations/": {"username": "zoe", "email": "zoe@example.com", "name": "Zoe"},
    "/api/v1/me/": {"name": "Other"},
    "/api/v1/users/{}/": {"name": "Other"},
}


class MassAssignmentTests(test_access.AccessTests):
    """Over the same table of routes, so that a new route is attacked from its first day."""

    test_every_route_has_its_line = test_table = test_other_methods_are_closed = None

    def state(self):
        people = list(User.objects.order_by("pk").values("pk", "is_superuser", "is_active", "token_version"))
        return people, list(RoleAssignment.objects.order_by("pk").values("user", "role", "is_active"))

    def routes(self):
        for method, path in test_access.TABLE:
            if method in ("POST", "PUT", "PATCH") and path.startswith("/api/"):
                yield method, path

    def test_no_route_takes_a_field_that_it_did_not_ask_for(self):
        caller, before = client_of(self.root), self.state()
        for method, path in self.routes():
            for field, value in WORTH.items():
                if field in MEANT.get((method, path), ()):
                    continue
                with self.subTest(f"{method} {path} {field}"), transaction.atomic():
                    body = {**BODIES.get(path, {}), field: value}
                    answer = caller.generic(method, self.url(path), _json(body), "application/json")
                    transaction.set_rollback(True)
                    self.assertEqual(answer.status_code, 400, answer.content)
                    self.assertIn(field, [error["field"] for error in answer.json()["errors"]])
        self.assertEqual(self.state(), before)

    def test_nor_in_the_query_or_a_form(self):
        """Neither is read as a body."""
        api, before = client_of(self.erin), self.state()
        api.patch("/api/v1/me/?is_superuser=true&roles=tts:admin", {"name": "Other"})
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            answer = api.generic("PATCH", "/api/v1/me/", "is_superuser=true", kind)
            self.assertEqual(answer.status_code, 415)
        self.assertEqual(self.state(), before)

    def test_a_key_given_twice_is_not_taken_twice(self):
        answer = client_of(self.erin).generic(
            "PATCH", "/api/v1/me/", '{"name": "A", "is_superuser": true, "name": "B"}', "application/json"
        )
        self.assertEqual(answer.status_code, 400)


def _json(body):
    import json

    return json.dumps(body)
