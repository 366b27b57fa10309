"""Who gets through which permission."""

from django.test import TestCase
from rest_framework.test import APIClient

from jwtauth import testing
from jwtauth.permissions import has_role

ANYONE = {"/open/": 200, "/forgotten/": 403}
TABLE = {
    "anonymous": {
        "/open/": 200,
        "/forgotten/": 401,
        "/users/": 401,
        "/staff/": 401,
        "/admins/": 401,
        "/services/": 401,
    },
    "nobody": {**ANYONE, "/users/": 200, "/staff/": 403, "/admins/": 403, "/services/": 403},
    "employee": {**ANYONE, "/users/": 200, "/staff/": 403, "/admins/": 403, "/services/": 403},
    "agent": {**ANYONE, "/users/": 200, "/staff/": 200, "/admins/": 403, "/services/": 403},
    "admin": {**ANYONE, "/users/": 200, "/staff/": 200, "/admins/": 200, "/services/": 403},
    "hdts admin": {**ANYONE, "/users/": 200, "/staff/": 403, "/admins/": 200, "/services/": 403},
    "superuser": {**ANYONE, "/users/": 200, "/staff/": 200, "/admins/": 200, "/services/": 403},
    "service": {**ANYONE, "/users/": 403, "/staff/": 403, "/admins/": 403, "/services/": 200},
    "service without the scope": {**ANYONE, "/users/": 403, "/staff/": 403, "/admins/": 403, "/services/": 403},
}


class PermissionTests(TestCase):
    def clients(self):
        return {
            "anonymous": APIClient(),
            "nobody": testing.api_client(),
            "employee": testing.api_client(roles=["hdts:employee"]),
            "agent": testing.api_client(roles=["tts:agent"]),
            "admin": testing.api_client(roles=["tts:admin"]),
            "hdts admin": testing.api_client(roles=["hdts:admin"]),
            "superuser": testing.api_client(superuser=True),
            "service": testing.service_client("workflow-api", "events:read other"),
            "service without the scope": testing.service_client("workflow-api", "events:readall"),
        }

    def test_table(self):
        for name, client in self.clients().items():
            with self.subTest(name):
                self.assertEqual({path: client.get(path).status_code for path in TABLE[name]}, TABLE[name])

    def test_refusals_are_problems(self):
        response = testing.api_client().get("/staff/")
        self.assertEqual(response["Content-Type"], "application/problem+json")
        self.assertEqual(response.json()["code"], "permission_denied")
        self.assertEqual(APIClient().get("/staff/")["WWW-Authenticate"], "Bearer")

    def test_a_role_without_its_system_is_a_programming_error(self):
        for roles in ([], ["admin"]):
            with self.assertRaises(ValueError):
                has_role(*roles)

    def test_the_actor_is_bound_for_logs_and_events(self):
        from rest_framework.request import Request
        from rest_framework.test import APIRequestFactory

        from jsonlog import context
        from jwtauth.authentication import JWTAuthentication

        client = testing.api_client(roles=["tts:agent"], name="Alan Agent")
        header = client._credentials["HTTP_AUTHORIZATION"]
        with context.bind(request_id="r"):
            JWTAuthentication().authenticate(Request(APIRequestFactory().get("/", HTTP_AUTHORIZATION=header)))
            actor = {"id": str(client.user_id), "kind": "user", "name": "Alan Agent"}
            self.assertEqual(context.actor(), actor)
