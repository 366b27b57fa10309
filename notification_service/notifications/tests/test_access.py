"""Every route x every kind of caller; a route without a line here fails."""

import json
from collections.abc import Callable
from typing import Any

from django.test import TestCase, override_settings
from rest_framework.test import APIClient

from eventbus.testing import deliver
from jwtauth.testing import SignedInClient, api_client, service_client
from notifications.channels.unsubscribing import token
from notifications.models import Notice, Suppression
from notifications.tests.cast import ERIN, delivery, endpoint, meet
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
ADMIN = [401, 403, 403, 403, 403, 200, 403]
FEED = [401, 403, 403, 403, 403, 403, 200]
# In the order of CALLERS; the notice is Erin's.
EXPECTED: dict[tuple[str, str], list[int]] = {
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/startupz"): OPEN,
    ("GET", "/health/"): OPEN,
    ("GET", "/api/health/"): OPEN,
    ("GET", "/metrics"): [404] * 7,  # asks for HEALTHCHECK_TOKEN
    ("GET", "/api/schema/"): OPEN,
    ("GET", "/internal/events"): FEED,
    ("GET", "/api/v1/inbox/"): ANY_USER,
    ("GET", "/api/v1/inbox/unread-count/"): ANY_USER,
    ("GET", "/api/v1/live/inbox/"): [401, *[421] * 5, 403],
    ("POST", "/api/v1/inbox/read/"): ANY_USER,
    ("POST", "/api/v1/inbox/{}/read/"): OWN,
    ("POST", "/api/v1/inbox/archival/"): ANY_USER,
    ("POST", "/api/v1/inbox/{}/archival/"): OWN,
    ("DELETE", "/api/v1/inbox/{}/archival/"): OWN,
    ("PUT", "/api/v1/inbox/{}/snooze/"): OWN,
    ("DELETE", "/api/v1/inbox/{}/snooze/"): OWN,
    ("GET", "/api/v1/preferences/"): ANY_USER,
    ("PUT", "/api/v1/preferences/{}/{}/"): ANY_USER,
    ("PUT", "/api/v1/quiet-hours/"): ANY_USER,
    ("DELETE", "/api/v1/quiet-hours/"): [401, 204, 204, 204, 204, 204, 403],
    ("GET", "/api/v1/why/"): [401, 200, 404, 404, 200, 200, 403],
    ("GET", "/api/v1/deliveries/"): DESK,
    ("GET", "/api/v1/deliveries/{}/"): DESK,
    ("POST", "/api/v1/deliveries/{}/resending/"): [401, 403, 403, 403, 202, 409, 403],
    ("GET", "/api/v1/templates/"): ADMIN,
    ("GET", "/api/v1/templates/{}/{}/"): ADMIN,
    ("PUT", "/api/v1/templates/{}/{}/"): ADMIN,
    ("GET", "/api/v1/templates/{}/{}/versions/"): ADMIN,
    ("POST", "/api/v1/templates/{}/{}/preview/"): ADMIN,
    ("POST", "/api/v1/templates/{}/email/test-message/"): [401, 403, 403, 403, 403, 202, 403],
    ("GET", "/api/v1/suppressions/"): DESK,
    ("DELETE", "/api/v1/suppressions/{}/"): [401, 403, 403, 403, 204, 404, 403],
    ("GET", "/api/v1/dead-letters/"): ADMIN,
    ("POST", "/api/v1/dead-letters/{}/replay/"): [401, 403, 403, 403, 403, 404, 403],
    ("GET", "/api/v1/failed-jobs/"): ADMIN,
    ("POST", "/api/v1/failed-jobs/{}/retry/"): [401, 403, 403, 403, 403, 404, 403],
    ("GET", "/api/v1/unsubscribe/{}/"): OPEN,
    ("POST", "/api/v1/unsubscribe/{}/"): OPEN,
    ("POST", "/api/v1/mail-reports/{}/"): [403] * 7,  # by the provider's secret, which none of them sends
    ("GET", "/api/v1/endpoints/"): ADMIN,
    ("POST", "/api/v1/endpoints/"): [401, 403, 403, 403, 403, 201, 403],
    ("GET", "/api/v1/endpoints/{}/"): ADMIN,
    ("PATCH", "/api/v1/endpoints/{}/"): ADMIN,
    ("DELETE", "/api/v1/endpoints/{}/"): [401, 403, 403, 403, 403, 204, 403],
}
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/preferences/{}/{}/": {"on": False},
    "/api/v1/inbox/{}/snooze/": {"until": "2100-01-01T00:00:00Z"},
    "/api/v1/endpoints/": {"channel": "chat", "name": "Room", "url": "https://chat.example.com/x", "kinds": []},
    "/api/v1/endpoints/{}/": {"name": "Other"},
    "/api/v1/templates/{}/{}/": {"subject": "S", "text": "T"},
    "/api/v1/templates/{}/{}/preview/": {"subject": "S", "text": "T"},
    "/api/v1/quiet-hours/": {"start": "22:00", "end": "07:00"},
}
WITH_BODY = {("PUT", route) for route in BODIES} | {
    ("POST", "/api/v1/endpoints/"),
    ("POST", "/api/v1/templates/{}/{}/preview/"),
    ("PATCH", "/api/v1/endpoints/{}/"),
}


@override_settings(ANYMAIL={"WEBHOOK_SECRET": "postmark:only the provider knows it"})
class Access(TestCase):
    def test_every_route_answers_every_caller_as_the_table_says(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1")
        row = Notice.objects.get()
        sent = delivery(state="sent")
        room = endpoint()
        bounced = Suppression.objects.create(address="gone@example.com", reason="smtp_550")
        words = "/api/v1/templates/ticket_received/email/"
        paths = {
            "/api/v1/templates/{}/{}/": words,
            "/api/v1/templates/{}/{}/versions/": f"{words}versions/",
            "/api/v1/templates/{}/{}/preview/": f"{words}preview/",
            "/api/v1/templates/{}/email/test-message/": f"{words}test-message/",
            "/api/v1/suppressions/{}/": f"/api/v1/suppressions/{bounced.pk}/",
            "/api/v1/mail-reports/{}/": "/api/v1/mail-reports/postmark/",
            "/api/v1/unsubscribe/{}/": f"/api/v1/unsubscribe/{token(user_id=ERIN, kind='comment_added')}/",
            "/api/v1/deliveries/{}/": f"/api/v1/deliveries/{sent.pk}/",
            "/api/v1/deliveries/{}/resending/": f"/api/v1/deliveries/{sent.pk}/resending/",
            "/api/v1/endpoints/{}/": f"/api/v1/endpoints/{room.pk}/",
            "/api/v1/preferences/{}/{}/": "/api/v1/preferences/ticket_received/email/",
            "/api/v1/why/": f"/api/v1/why/?event={row.event_id}&user={ERIN}",
        }
        for (method, route), expected in EXPECTED.items():
            for (name, client), status in zip(CALLERS.items(), expected, strict=True):
                with self.subTest(f"{method} {route}", caller=name):
                    path = paths.get(route, route.replace("{}", str(row.pk)))
                    body = json.dumps(BODIES[route]) if (method, route) in WITH_BODY else ""
                    response: Any = client().generic(
                        method, path, body, content_type="application/json", headers={"If-Match": "*"}
                    )
                    self.assertEqual(response.status_code, status)

    def test_every_route_is_in_the_table(self) -> None:
        self.assertEqual(set(EXPECTED), urlconf_routes())

    def test_a_superuser_sees_deliveries_and_not_others_inboxes(self) -> None:
        row = notice()
        root: SignedInClient = api_client(superuser=True)
        self.assertEqual(root.get("/api/v1/deliveries/").status_code, 200)
        self.assertEqual(root.get("/api/v1/inbox/").json()["results"], [])
        self.assertEqual(root.post(f"/api/v1/inbox/{row.pk}/read/").status_code, 404)
