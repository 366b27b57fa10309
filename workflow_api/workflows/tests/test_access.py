"""Every route x everyone: what may be seen and done. A route that is not in the table fails the test."""

import json
from typing import Any

from django.test import TestCase
from rest_framework.test import APIClient

from jwtauth.testing import api_client, service_client
from servicekit.ids import uuid7
from servicekit.testing import urlconf_routes
from servicekit.testing.routes import HEALTH_PATHS
from workflows.models import Calendar, Task, Workflow
from workflows.seeds import AGENT, COORDINATOR
from workflows.tests.cast import ADMIN, EMPLOYEE, Someone, file_ticket, seed

# Erin filed the ticket, Emil is another Employee; Alice works on it, Anton is of a role that has nothing to do with it.
WHO = ("anonymous", "erin", "emil", "anton", "bob", "alice", "conrad", "ada", "root", "service", "reader")
OPEN = dict.fromkeys(WHO, 200)
STAFF = OPEN | {"anonymous": 401, "erin": 403, "emil": 403, "service": 403, "reader": 403}
# Bob never had the task, but his role owns its step.
SEEN = STAFF | {"erin": 404, "emil": 404, "anton": 404}
ONLY_ALICE = SEEN | dict.fromkeys(("bob", "conrad", "ada", "root"), 403)
# Nobody may: the task is with somebody who is there.
REROUTING = SEEN | dict.fromkeys(("bob", "alice"), 403) | dict.fromkeys(("conrad", "ada", "root"), 409)
# One after the other: Bob takes it and Alice takes it back; what Conrad has done, the later ones cannot do again.
CLAIM = SEEN | dict.fromkeys(("conrad", "ada", "root"), 403)
TRANSFER = SEEN | {"bob": 403} | dict.fromkeys(("alice", "conrad", "ada", "root"), 409)
ESCALATION = SEEN | dict.fromkeys(("bob", "alice"), 403) | dict.fromkeys(("ada", "root"), 409)
LEADS = ESCALATION
ADMINS = SEEN | dict.fromkeys(("bob", "alice", "conrad"), 403)
ADMIN_ONLY = STAFF | dict.fromkeys(("anton", "bob", "alice", "conrad"), 403)
WEEK = {"monday": [["08:00", "12:00"]]}
CALENDAR = {"name": "Office", "week": WEEK}
REASON = {"reason": "So it is."}
HOLD = {"reason": "Waiting."}
DONE = {"transition": "resolved"}

TABLE: dict[tuple[str, str], tuple[dict[str, int], dict[str, Any]]] = {
    **{("GET", path): (OPEN, {}) for path in (*HEALTH_PATHS, "/api/schema/")},
    ("GET", "/metrics"): (dict.fromkeys(WHO, 404), {}),  # asks for HEALTHCHECK_TOKEN
    ("GET", "/internal/events"): (dict.fromkeys(WHO, 403) | {"anonymous": 401, "reader": 200}, {}),
    ("GET", "/api/v1/workflows/"): (STAFF, {}),
    ("POST", "/api/v1/workflows/"): (ADMIN_ONLY | dict.fromkeys(("ada", "root"), 400), {}),
    ("GET", "/api/v1/workflows/{}/versions/"): (STAFF, {}),
    # Ada makes a draft, so that root finds one.
    ("POST", "/api/v1/workflows/{}/versions/"): (ADMIN_ONLY | {"ada": 201, "root": 409}, {}),
    ("GET", "/api/v1/workflows/{}/versions/{}/"): (STAFF, {}),
    ("PUT", "/api/v1/workflows/{}/versions/{}/"): (ADMIN_ONLY | dict.fromkeys(("ada", "root"), 428), {}),
    ("DELETE", "/api/v1/workflows/{}/versions/{}/"): (ADMIN_ONLY | dict.fromkeys(("ada", "root"), 409), {}),
    ("POST", "/api/v1/workflows/{}/versions/{}/publication/"): (
        ADMIN_ONLY | dict.fromkeys(("ada", "root"), 409),  # it is published
        {},
    ),
    ("POST", "/api/v1/workflows/{}/migration/"): (ADMIN_ONLY, {"to": 1}),
    ("GET", "/api/v1/workflows/{}/"): (STAFF, {}),
    ("GET", "/api/v1/tasks/"): (STAFF, {}),
    ("GET", "/api/v1/tasks/{}/"): (SEEN, {}),
    ("POST", "/api/v1/tasks/{}/start/"): (ONLY_ALICE, {}),
    ("POST", "/api/v1/tasks/{}/completion/"): (ONLY_ALICE, DONE),
    # It is no approval that Alice's task stands at.
    ("POST", "/api/v1/tasks/{}/approval/"): (ONLY_ALICE | {"alice": 409}, {}),
    ("POST", "/api/v1/tasks/{}/rejection/"): (ONLY_ALICE | {"alice": 409}, {}),
    ("POST", "/api/v1/tasks/{}/hold/"): (ONLY_ALICE, HOLD),
    ("POST", "/api/v1/tasks/{}/resumption/"): (ONLY_ALICE, {}),
    ("POST", "/api/v1/tasks/{}/rerouting/"): (REROUTING, {}),
    ("GET", "/api/v1/tasks/{}/sla/explain/"): (SEEN, {}),
    ("POST", "/api/v1/tasks/{}/claim/"): (CLAIM, {}),
    ("POST", "/api/v1/tasks/{}/release/"): (ONLY_ALICE | {"alice": 409}, REASON),
    ("POST", "/api/v1/tasks/{}/transfer/"): (TRANSFER, REASON | {"assignee_id": str(uuid7())}),
    ("POST", "/api/v1/tasks/{}/escalation/"): (ESCALATION, REASON),
    ("POST", "/api/v1/tasks/{}/cancellation/"): (LEADS, REASON),
    ("POST", "/api/v1/tasks/{}/move/"): (ADMINS, REASON | {"step": "triage"}),
    ("GET", "/api/v1/workflows/{}/graph/"): (STAFF, {}),
    ("GET", "/api/v1/tasks/{}/graph/"): (SEEN, {}),
    ("POST", "/api/v1/routing/preview/"): (ADMIN_ONLY | {"conrad": 200}, {"priority": "Low"}),
    # The last, for nothing is routed to it any more. Ada retires it, so that root finds it retired.
    ("POST", "/api/v1/workflows/{}/retirement/"): (ADMIN_ONLY | {"ada": 204, "root": 409}, {}),
    ("GET", "/api/v1/dead-letters/"): (ADMIN_ONLY, {}),
    ("POST", "/api/v1/dead-letters/{}/replay/"): (ADMIN_ONLY | dict.fromkeys(("ada", "root"), 404), {}),
    ("GET", "/api/v1/failed-jobs/"): (ADMIN_ONLY, {}),
    ("POST", "/api/v1/failed-jobs/{}/retry/"): (ADMIN_ONLY | dict.fromkeys(("ada", "root"), 404), {}),
    ("GET", "/api/v1/absences/"): (STAFF, {}),
    # Each announces their own; of these only Alice is known to the people projection.
    ("POST", "/api/v1/absences/"): (
        STAFF | dict.fromkeys(("anton", "bob", "conrad", "ada", "root"), 409) | {"alice": 201},
        {"begins_at": "2099-01-01T00:00:00Z", "ends_at": "2099-01-02T00:00:00Z"},
    ),
    ("POST", "/api/v1/absences/{}/ending/"): (
        STAFF | dict.fromkeys(("anton", "bob", "alice", "conrad", "ada", "root"), 404),
        {},
    ),
    **{
        ("GET", f"/api/v1/reports/{name}/"): (ADMIN_ONLY | {"conrad": 200}, {})
        for name in ("throughput", "steps", "sla", "load", "roles")
    },
    ("GET", "/api/v1/calendars/"): (STAFF, {}),
    ("POST", "/api/v1/calendars/"): (ADMIN_ONLY | dict.fromkeys(("ada", "root"), 400), {}),
    ("GET", "/api/v1/calendars/{}/"): (STAFF, {}),
    ("PUT", "/api/v1/calendars/{}/"): (ADMIN_ONLY | dict.fromkeys(("ada", "root"), 428), CALENDAR),
    ("POST", "/api/v1/calendars/{}/preview/"): (ADMIN_ONLY, {"week": WEEK}),
}


# What Alice has done with the task before, so that her own action is possible.
BEFORE = {"/api/v1/tasks/{}/completion/": "start", "/api/v1/tasks/{}/resumption/": "hold"}


class AccessTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.alice, self.carla = Someone("Alice", AGENT), Someone("Carla", COORDINATOR)
        self.erin = Someone("Erin", EMPLOYEE)
        self.clients: dict[str, APIClient] = {
            "anonymous": APIClient(),
            "erin": self.erin.client,
            "emil": api_client(roles=[EMPLOYEE]),
            "anton": api_client(roles=["tts:asset-manager"]),
            "bob": api_client(roles=[AGENT]),
            "alice": self.alice.client,
            "conrad": api_client(roles=[COORDINATOR]),
            "ada": api_client(roles=[ADMIN]),
            "root": api_client(superuser=True),
            "service": service_client("messaging", "other:scope"),
            "reader": service_client("ticket-service", "events:read"),
        }

    def task_of_alice(self) -> Task:
        """Filed by Erin, triaged by Carla, with Alice now."""
        access = {"user_ids": [str(self.erin.id)], "roles": [COORDINATOR]}
        task = file_ticket(requester_id=self.erin.id, access=access)
        self.carla.do_step(task, "accept")
        return task

    def test_every_route_is_in_the_table(self) -> None:
        self.assertEqual(set(TABLE), urlconf_routes())

    def test_every_route_answers_everyone_as_the_table_says(self) -> None:
        workflow, calendar = Workflow.objects.get(key="it-support"), Calendar.objects.get()
        for (method, route), (expected, body) in TABLE.items():
            task = self.task_of_alice()
            subject = workflow.id if "workflows" in route else task.id
            path = route.replace("{}", str(calendar.id if "calendars" in route else subject), 1).replace("{}", "1")
            if action := BEFORE.get(route):
                self.assertEqual(self.alice.act(task, action, HOLD if action == "hold" else {}).status_code, 200)
            for who in sorted(WHO, key=lambda name: name == "alice"):  # the one who changes the task comes last
                data = json.dumps(body) if method in ("POST", "PUT") else ""
                response = self.clients[who].generic(method, path, data=data, content_type="application/json")
                with self.subTest(f"{who} {method} {route}"):
                    self.assertEqual(response.status_code, expected[who], response.content[:300])


class ListsTest(TestCase):
    """Whoever lists tasks finds exactly those that they may open."""

    def setUp(self) -> None:
        seed()
        self.carla, self.conrad = Someone("Carla", COORDINATOR), Someone("Conrad", COORDINATOR)
        self.alice, self.bob = Someone("Alice", AGENT), Someone("Bob", AGENT)
        self.ada = Someone("Ada", ADMIN)
        self.with_carla, self.with_conrad, self.with_alice = file_ticket(), file_ticket(), file_ticket()
        self.carla.do_step(self.with_alice, "accept")
        self.unrouted = file_ticket(category="asset-check-out")

    def listed(self, who: Someone, query: str = "") -> set[Any]:
        response = who.client.get(f"/api/v1/tasks/{query}")
        self.assertEqual(response.status_code, 200, response.content)
        found = {row["id"] for row in response.json()["results"]}
        for pk in found:
            self.assertEqual(who.client.get(f"/api/v1/tasks/{pk}/").status_code, 200)
        return found

    def assert_lists(self, who: Someone, query: str, *tasks: Any) -> None:
        self.assertEqual(self.listed(who, query), {str(task.id) for task in tasks})

    def test_mine_is_the_default(self) -> None:
        for query in ("", "?scope=mine"):
            self.assert_lists(self.carla, query, self.with_carla)
            self.assert_lists(self.alice, query, self.with_alice)
            self.assert_lists(self.bob, query)

    def test_owned_is_what_i_had_first_wherever_it_is_now(self) -> None:
        self.assert_lists(self.carla, "?scope=owned", self.with_carla, self.with_alice)
        self.assert_lists(self.alice, "?scope=owned")
        self.ada.act(self.with_alice, "cancellation", {"reason": "x"})
        self.assert_lists(self.carla, "?scope=owned", self.with_carla)

    def test_the_queue_is_what_my_roles_have_to_do(self) -> None:
        self.assert_lists(self.bob, "?scope=queue", self.with_alice)
        self.assert_lists(self.conrad, "?scope=queue", self.with_carla, self.with_conrad)

    def test_unrouted_is_seen_by_those_who_may_see_the_ticket(self) -> None:
        self.assert_lists(self.carla, "?scope=unrouted", self.unrouted)
        self.assert_lists(self.alice, "?scope=unrouted")
        self.assert_lists(Someone("Anton", "tts:asset-manager"), "?scope=unrouted", self.unrouted)

    def test_all_is_for_coordinators_and_admins(self) -> None:
        everything = (self.with_carla, self.with_conrad, self.with_alice, self.unrouted)
        self.assert_lists(self.carla, "?scope=all", *everything)
        self.assert_lists(self.ada, "?scope=all", *everything)
        self.assertEqual(self.alice.client.get("/api/v1/tasks/?scope=all").status_code, 403)

    def test_of_a_ticket_by_id_or_number_within_what_may_be_seen(self) -> None:
        ticket = self.with_alice.ticket
        for name in (ticket.id, str(ticket.id).upper(), ticket.number):
            self.assert_lists(self.alice, f"?ticket={name}", self.with_alice)
            self.assert_lists(self.conrad, f"?ticket={name}", self.with_alice)
            self.assert_lists(self.conrad, f"?ticket={name}&scope=mine")
        self.assert_lists(self.alice, f"?ticket={self.with_carla.ticket.number}")

    def test_an_agent_keeps_seeing_what_they_once_worked_on(self) -> None:
        self.alice.do_step(self.with_alice, "resolved")
        self.assert_lists(self.alice, f"?ticket={self.with_alice.ticket_id}", self.with_alice)
        self.assert_lists(self.bob, f"?ticket={self.with_alice.ticket_id}", self.with_alice)
