"""Every route with every kind of caller. A new route without a line here fails."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from rest_framework.test import APIClient

from eventbus import testing as bus
from jwtauth.testing import api_client, service_client
from servicekit.testing import assert_problem, urlconf_routes
from servicekit.testing.routes import HEALTH_PATHS
from tickets.models import Ticket
from tickets.tests.cast import Cast, Task, png

# The ticket of the table is Alice's, Resolved, and was worked on by Gina.
NOBODY = "01938c5e-0000-7000-8000-0000000000ff"
CALLERS = ["anonymous", "service", "feed reader", "stranger", "requester", "agent", "coordinator", "admin", "superuser"]
TICKET = "/api/v1/tickets/{}/"
ANYONE = [200, 200, 200, 200, 200, 200, 200, 200, 200]
WHO_SEES_IT = [401, 403, 403, 404, 200, 200, 200, 200, 200]
# Whose they are is told in test_presets.py; here there is none of that id.
NO_SUCH = [401, 403, 403, 404, 404, 404, 404, 404, 404]
NO_SUCH_OF_STAFF = [401, 403, 403, 403, 403, 404, 404, 404, 404]
NO_SUCH_OF_THE_DESK = [401, 403, 403, 403, 403, 403, 404, 404, 404]
TABLE: dict[tuple[str, str], list[int]] = {
    **{("GET", path): ANYONE for path in (*HEALTH_PATHS, "/api/schema/")},
    ("GET", "/metrics"): [404] * 9,  # asks for HEALTHCHECK_TOKEN
    ("GET", "/internal/events"): [401, 403, 200, 403, 403, 403, 403, 403, 403],
    ("PUT", "/internal/tickets/{}/"): [401, 403, 403, 403, 403, 403, 403, 403, 403],  # of tickets:file, test_mailed
    ("GET", "/api/v1/dead-letters/"): [401, 403, 403, 403, 403, 403, 403, 200, 200],
    ("POST", "/api/v1/dead-letters/{}/replay/"): [401, 403, 403, 403, 403, 403, 403, 404, 404],  # none is dead
    ("GET", "/api/v1/failed-jobs/"): [401, 403, 403, 403, 403, 403, 403, 200, 200],
    ("POST", "/api/v1/failed-jobs/{}/retry/"): [401, 403, 403, 403, 403, 403, 403, 404, 404],  # none has failed
    ("GET", "/api/v1/categories/"): [401, 403, 403, 200, 200, 200, 200, 200, 200],
    ("GET", "/api/v1/statistics/"): [401, 403, 403, 200, 200, 200, 200, 200, 200],
    ("POST", "/api/v1/categories/"): [401, 403, 403, 403, 403, 403, 403, 201, 409],  # the same slug again
    ("GET", "/api/v1/categories/{}/"): [401, 403, 403, 200, 200, 200, 200, 200, 200],
    ("PATCH", "/api/v1/categories/{}/"): [401, 403, 403, 403, 403, 403, 403, 400, 400],  # says a subject
    ("GET", "/api/v1/views/"): [401, 403, 403, 200, 200, 200, 200, 200, 200],
    ("POST", "/api/v1/views/"): [401, 403, 403, 201, 201, 201, 201, 201, 201],
    **{(method, "/api/v1/views/{}/"): NO_SUCH for method in ("GET", "PATCH", "DELETE")},
    ("GET", "/api/v1/canned-replies/"): [401, 403, 403, 403, 403, 200, 200, 200, 200],
    ("POST", "/api/v1/canned-replies/"): [401, 403, 403, 403, 403, 201, 201, 201, 201],
    **{(method, "/api/v1/canned-replies/{}/"): NO_SUCH_OF_STAFF for method in ("GET", "PATCH", "DELETE")},
    ("GET", TICKET + "canned-replies/{}/"): NO_SUCH_OF_STAFF,
    ("GET", "/api/v1/macros/"): [401, 403, 403, 403, 403, 200, 200, 200, 200],
    ("POST", "/api/v1/macros/"): [401, 403, 403, 403, 403, 201, 201, 201, 201],
    **{(method, "/api/v1/macros/{}/"): NO_SUCH_OF_STAFF for method in ("GET", "PATCH", "DELETE")},
    ("GET", TICKET + "macros/{}/"): NO_SUCH_OF_STAFF,
    ("POST", TICKET + "macros/{}/application/"): NO_SUCH_OF_STAFF,
    ("GET", "/api/v1/ticket-templates/"): [401, 403, 403, 200, 200, 200, 200, 200, 200],
    ("POST", "/api/v1/ticket-templates/"): [401, 403, 403, 403, 403, 201, 201, 201, 201],
    ("GET", "/api/v1/ticket-templates/{}/"): NO_SUCH,
    **{(method, "/api/v1/ticket-templates/{}/"): NO_SUCH_OF_STAFF for method in ("PATCH", "DELETE")},
    ("GET", "/api/v1/ticket-schedules/"): [401, 403, 403, 403, 403, 403, 200, 200, 200],
    ("POST", "/api/v1/ticket-schedules/"): [401, 403, 403, 403, 403, 403, 400, 400, 400],  # of no template
    ("GET", "/api/v1/ticket-schedules/preview/"): [401, 403, 403, 403, 403, 403, 400, 400, 400],  # of no rule
    **{(method, "/api/v1/ticket-schedules/{}/"): NO_SUCH_OF_THE_DESK for method in ("GET", "PATCH", "DELETE")},
    ("GET", "/api/v1/ticket-schedules/{}/tickets/"): NO_SUCH_OF_THE_DESK,
    ("GET", "/api/v1/imports/"): [401, 403, 403, 403, 403, 403, 200, 200, 200],
    ("POST", "/api/v1/imports/"): [401, 403, 403, 403, 403, 403, 202, 409, 409],  # the same file again
    ("GET", "/api/v1/imports/{}/"): [401, 403, 403, 403, 403, 403, 404, 404, 404],  # no such import
    ("GET", "/api/v1/imports/{}/refusals/"): [401, 403, 403, 403, 403, 403, 404, 404, 404],
    ("POST", "/api/v1/imports/{}/cancellation/"): [401, 403, 403, 403, 403, 403, 404, 404, 404],
    ("GET", "/api/v1/tickets/"): [401, 403, 403, 200, 200, 200, 200, 200, 200],
    ("POST", "/api/v1/tickets/"): [401, 403, 403, 201, 201, 201, 201, 201, 201],
    ("POST", "/api/v1/tickets/bulk/"): [401, 403, 403, 200, 200, 200, 200, 200, 200],
    ("GET", "/api/v1/tickets/export/"): [401, 403, 403, 200, 200, 200, 200, 200, 200],
    ("GET", TICKET): WHO_SEES_IT,
    ("PATCH", TICKET): [401, 403, 403, 404, 409, 200, 200, 200, 200],
    ("GET", TICKET + "history/"): WHO_SEES_IT,
    ("POST", TICKET + "withdrawal/"): [401, 403, 403, 404, 409, 403, 403, 403, 409],
    ("POST", TICKET + "rejection/"): [401, 403, 403, 404, 403, 403, 409, 409, 409],
    ("POST", TICKET + "closure/"): [401, 403, 403, 404, 200, 403, 200, 200, 200],
    ("POST", TICKET + "reopening/"): [401, 403, 403, 404, 200, 403, 200, 200, 200],
    ("POST", TICKET + "merger/"): [401, 403, 403, 404, 403, 403, 400, 400, 400],  # into none, if one may
    ("POST", TICKET + "rating/"): [401, 403, 403, 404, 200, 403, 403, 403, 200],
    ("GET", TICKET + "links/"): WHO_SEES_IT,
    ("POST", TICKET + "links/"): [401, 403, 403, 404, 400, 400, 400, 400, 400],  # to none
    ("DELETE", TICKET + "links/{}/"): [401, 403, 403, 404, 404, 404, 404, 404, 404],  # no such link
    ("GET", TICKET + "watchers/"): WHO_SEES_IT,
    ("POST", TICKET + "watchers/"): [401, 403, 403, 404, 400, 400, 400, 400, 400],  # nobody of that id, if one may
    ("DELETE", TICKET + "watchers/{}/"): [401, 403, 403, 404, 204, 204, 204, 204, 204],
    ("PUT", TICKET + "tags/{}/"): [401, 403, 403, 404, 409, 200, 200, 200, 200],
    ("DELETE", TICKET + "tags/{}/"): [401, 403, 403, 404, 409, 204, 204, 204, 204],
    ("GET", TICKET + "attachments/"): WHO_SEES_IT,
    ("POST", TICKET + "attachments/"): [401, 403, 403, 404, 201, 201, 201, 201, 201],
    ("GET", TICKET + "attachments/{}/content/"): WHO_SEES_IT,
}
# What a well-formed POST says, by the end of its path; others say nothing.
BODIES: dict[str, dict[str, Any]] = {
    "/categories/": {"slug": "travel", "name": "Travel"},
    "/views/": {"name": "Mine", "filters": {"assignee": "me"}},
    "/canned-replies/": {"name": "Thanks", "body": "Thank you."},
    "/macros/": {"name": "Urgent", "actions": {"priority": "High"}},
    "/ticket-templates/": {"name": "New laptop", "category": "general"},
    "/ticket-schedules/": {"name": "Backups", "template_id": NOBODY},
    "/tickets/": {"subject": "s", "description": "d", "category": "general"},
    "/rejection/": {"reason": "No."},
    "/merger/": {"into": "TTS-2026-999999"},
    "/bulk/": {"action": "close", "tickets": [{"id": NOBODY, "version": 1}]},
    "/links/": {"relation": "relates", "to": "TTS-2026-999999"},
    "/rating/": {"rating": 5},
    "/watchers/": {"user_id": NOBODY},
}


class AccessTableTest(Cast, TestCase):
    def test_every_route_has_a_line(self):
        self.assertEqual(set(TABLE), urlconf_routes())

    def test_table(self):
        clients = self.clients()
        for (method, path), expected in TABLE.items():
            for caller, status in zip(CALLERS, expected, strict=True):
                with self.subTest(f"{method} {path} as {caller}"):
                    response = self.call(clients[caller], method, path)
                    self.assertEqual(response.status_code, status, getattr(response, "content", b"")[:300])

    def test_foreign_tickets_are_404_like_those_that_do_not_exist(self):
        foreign = self.worked_on()
        missing = Ticket(number="TTS-2026-999999")
        for method, path in TABLE:
            if not path.startswith(TICKET) or "canned" in path or "macros" in path:  # an employee's 403 comes first
                continue
            for ticket in (foreign, missing):
                for reference in (str(ticket.pk), ticket.number):
                    with self.subTest(f"{method} {path} {reference}"):
                        response = self.call(self.bob, method, path, ticket=ticket, reference=reference)
                        body = assert_problem(response, 404, "ticket_not_found")
                        self.assertNotIn("errors", body)

    def test_a_stranger_changes_nothing(self):
        ticket = self.worked_on()
        before = (ticket.version, ticket.status, ticket.subject, ticket.attachments.count())
        for method, path in TABLE:
            if path.startswith(TICKET) and method != "GET":
                self.call(self.bob, method, path, ticket=ticket)
        ticket.refresh_from_db()
        self.assertEqual((ticket.version, ticket.status, ticket.subject, ticket.attachments.count()), before)

    def clients(self) -> dict[str, Any]:
        return {
            "anonymous": APIClient(),
            "service": service_client("messaging"),
            "feed reader": service_client("messaging", scope="events:read"),
            "stranger": self.bob,
            "requester": self.alice,
            "agent": self.gina,
            "coordinator": self.cora,
            "admin": self.adam,
            "superuser": api_client(superuser=True),
        }

    def worked_on(self) -> Ticket:
        response = self.alice.post(
            "/api/v1/tickets/",
            {"subject": "s", "description": "d", "category": "general", "attachments": [png()]},
            format="multipart",
        )
        ticket = Ticket.objects.get(pk=response.json()["id"])
        task = Task(ticket)
        task.assigned(self.gina)
        task.completed()
        return Ticket.objects.get(pk=ticket.pk)

    def call(
        self, client: APIClient, method: str, path: str, *, ticket: Ticket | None = None, reference: str | None = None
    ) -> Any:
        """A well-formed request; to a ticket of its own, so that no call spoils the next one's."""
        path = path.replace("categories/{}", "categories/general")
        for kept in ("views", "replies", "imports", "templates", "schedules"):
            path = path.replace(f"{kept}/{{}}", f"{kept}/{NOBODY}")
        if path.startswith(TICKET):
            ticket = ticket or self.worked_on()
            file = ticket.attachments.first() if ticket.number != "TTS-2026-999999" else None
            path = path.replace("{}", reference or str(ticket.pk), 1)
            path = path.replace("{}", str(file.pk if file else ticket.pk), 1)
        path = path.replace("{}", "01938c5e-0000-7000-8000-0000000000ff")
        if path.endswith("attachments/") and method == "POST":
            return client.post(path, {"file": png()}, format="multipart")
        if path.endswith("imports/") and method == "POST":
            file = SimpleUploadedFile("t.csv", b"subject,description,category\nOne,x,general\n")
            return client.post(path, {"file": file}, format="multipart")
        body: dict[str, Any] = next((body for end, body in BODIES.items() if path.endswith(end)), {})
        if method == "PATCH":
            return client.patch(path, {"subject": "Other"}, headers={"If-Match": "*"})
        if method in {"PUT", "DELETE"}:
            return client.put(path) if method == "PUT" else client.delete(path)
        return client.post(path, body) if method == "POST" else client.get(path)


class TokenTest(Cast, TestCase):
    def test_revoked_token_is_refused_from_then_on(self):
        self.assertEqual(self.alice.get("/api/v1/tickets/").status_code, 200)
        bus.deliver("user.revoked.v1", data={"id": str(self.alice.user_id)}, change={"token_version": 1})
        assert_problem(self.alice.get("/api/v1/tickets/"), 401, "token_revoked")
