"""Every route x every kind of caller; a route without a line here fails."""

from collections.abc import Callable
from typing import Any

from django.test import TestCase
from rest_framework.test import APIClient

from jwtauth.testing import SignedInClient, api_client, service_client
from notifications.tests.cast import ERIN
from notifications.tests.test_inbox import notice
from servicekit.testing import urlconf_routes

CALLERS: dict[str, Callable[[], APIClient]] = {
    "anonymous": APIClient,
    "employee": lambda: api_client(user_id=ERIN, roles=["hdts:employee"]),
    "other employee": lambda: api_client(roles=["hdts:employee"]),
    "agent": lambda: api_client(roles=["tts:agent"]),
    "coordinator": lambda: api_client(roles=["tts:ticket-coordinator"]),
    "admin": lambda: api_client(roles=["tts:admin"]),
    "service": lambda: service_client("workflow-api", "events:read"),
}
OPEN = [200] * 7
ANY_USER = [401, 200, 200, 200, 200, 200, 403]
OWN = [401, 200, 404, 404, 404, 404, 403]
DESK = [401, 403, 403, 403, 200, 200, 403]
FEED = [401, 403, 403, 403, 403, 403, 200]
# In the order of CALLERS; the notice is Erin's.
EXPECTED: dict[tuple[str, str], list[int]] = {
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/startupz"): OPEN,
    ("GET", "/health/"): OPEN,
    ("GET", "/api/health/"): OPEN,
    ("GET", "/api/schema/"): OPEN,
    ("GET", "/internal/events"): FEED,
    ("GET", "/api/v1/inbox/"): ANY_USER,
    ("GET", "/api/v1/inbox/unread-count/"): ANY_USER,
    ("POST", "/api/v1/inbox/read/"): ANY_USER,
    ("POST", "/api/v1/inbox/{}/read/"): OWN,
    ("GET", "/api/v1/deliveries/"): DESK,
}


class Access(TestCase):
    def test_every_route_answers_every_caller_as_the_table_says(self) -> None:
        row = notice()
        for (method, route), expected in EXPECTED.items():
            for (name, client), status in zip(CALLERS.items(), expected, strict=True):
                with self.subTest(f"{method} {route}", caller=name):
                    response: Any = client().generic(method, route.replace("{}", str(row.pk)))
                    self.assertEqual(response.status_code, status)

    def test_every_route_is_in_the_table(self) -> None:
        self.assertEqual(set(EXPECTED), urlconf_routes())

    def test_a_superuser_sees_deliveries_and_not_others_inboxes(self) -> None:
        row = notice()
        root: SignedInClient = api_client(superuser=True)
        self.assertEqual(root.get("/api/v1/deliveries/").status_code, 200)
        self.assertEqual(root.get("/api/v1/inbox/").json()["results"], [])
        self.assertEqual(root.post(f"/api/v1/inbox/{row.pk}/read/").status_code, 404)
