"""The checks that hold services to the contracts go red when they should."""

import json
import uuid
from unittest import mock

from django.http import HttpResponse, JsonResponse
from django.test import SimpleTestCase, override_settings
from django.urls import include, path, re_path
from django.views.generic import View

from servicekit.problems import NotFound, problem_response
from servicekit.testing import ContractRoutesMixin, assert_problem, contract_routes, urlconf_routes, validate_event
from servicekit.testing.repository import repository_root

SERVICES = ("auth-service", "ticket-service", "workflow-api", "messaging", "notification-service")


class Plain(View):
    def get(self, request):
        return HttpResponse()

    def delete(self, request):
        return HttpResponse()


class Urls:
    urlpatterns = [
        path("plain/<int:pk>/<slug>/", Plain.as_view()),
        path("function/", lambda request: HttpResponse()),
        re_path(r"^old/(?P<year>[0-9]{4})/page\.html$", Plain.as_view()),
        path("nested/<uuid:pk>/", include([path("inner/", Plain.as_view())])),
    ]


class ContractRoutesTests(SimpleTestCase):
    def test_each_service_has_its_own_and_the_common_ones(self):
        for service in SERVICES:
            with self.subTest(service):
                routes = contract_routes(service)
                self.assertIn(("GET", "/internal/events"), routes)
                self.assertGreater(len(routes), 7)
        self.assertIn(("POST", "/api/v1/tickets/{}/closure/"), contract_routes("ticket-service"))
        self.assertNotIn(("POST", "/api/v1/tickets/{}/closure/"), contract_routes("messaging"))

    def test_every_route_row_of_the_page_belongs_to_someone(self):
        rows = (repository_root() / "docs/contracts.md").read_text().count("| `/")
        found = [contract_routes(service) for service in SERVICES]
        common = set.intersection(*found)
        self.assertEqual(len(common) + sum(len(routes - common) for routes in found), rows)

    def test_an_unknown_service(self):
        with self.assertRaises(LookupError):
            contract_routes("billing")


class UrlconfRoutesTests(SimpleTestCase):
    def test_this_one(self):
        routes = urlconf_routes()
        self.assertLessEqual(
            {
                ("GET", "/api/v1/notes/"),
                ("POST", "/api/v1/notes/"),
                ("PATCH", "/api/v1/notes/{}/"),
                ("GET", "/api/schema/"),
            },
            routes,
        )
        self.assertNotIn(("GET", "/livez"), routes)

    @override_settings(ROOT_URLCONF=Urls)
    def test_kinds_of_patterns_and_views(self):
        expected = {("GET", "/function/")}
        for route in ("/plain/{}/{}/", "/old/{}/page.html", "/nested/{}/inner/"):
            expected |= {("GET", route), ("DELETE", route)}
        self.assertEqual(urlconf_routes(), expected)

    @override_settings(MIDDLEWARE=["healthcheck.middleware.HealthCheckMiddleware"])
    def test_what_the_health_middleware_answers_counts(self):
        self.assertIn(("GET", "/livez"), urlconf_routes())


class RoutesMixinTests(SimpleTestCase):
    def check(self, present, **attributes):
        check = type("Check", (ContractRoutesMixin,), {"service": "messaging", **attributes})()
        with mock.patch("servicekit.testing.routes.urlconf_routes", return_value=present):
            check.test_routes_are_those_of_the_contract()

    def test_green_only_when_both_say_the_same(self):
        promised = contract_routes("messaging")
        self.check(promised)
        self.check(promised | {("GET", "/admin/")}, unlisted=("/admin/",))
        with self.assertRaisesMessage(AssertionError, "in the code but not there: [('GET', '/admin/')]"):
            self.check(promised | {("GET", "/admin/")})
        with self.assertRaisesMessage(AssertionError, "not in the code: [('GET', '/livez')]"):
            self.check(promised - {("GET", "/livez")})


class EventTests(SimpleTestCase):
    def sample(self, name="ticket.created.v1"):
        return json.loads((repository_root() / f"contracts/samples/{name}.json").read_text())

    def test_every_sample_is_valid(self):
        samples = sorted((repository_root() / "contracts/samples").glob("*.json"))
        self.assertGreaterEqual(len(samples), 18)
        for sample in samples:
            with self.subTest(sample.name):
                validate_event(json.loads(sample.read_text()))

    def test_what_is_not_in_the_contract(self):
        broken = {
            "a member too many": lambda event: event["data"].update(password="x"),
            "a member missing": lambda event: event["data"].pop("subject"),
            "a wrong type": lambda event: event.update(version="1"),
            "not yet JSON": lambda event: event.update(event_id=uuid.uuid4()),
            "another producer": lambda event: event.update(producer="messaging"),
            "an unknown type": lambda event: event.update(type="ticket.exploded.v1"),
            "no type": lambda event: event.pop("type"),
        }
        for name, breaking in broken.items():
            event = self.sample()
            breaking(event)
            with self.subTest(name), self.assertRaises(AssertionError):
                validate_event(event)


class AssertProblemTests(SimpleTestCase):
    def test_green_and_red(self):
        good = problem_response(NotFound())
        self.assertEqual(assert_problem(good, 404, "not_found")["status"], 404)
        bad = [
            (good, 403, "not_found"),
            (good, 404, "gone"),
            (JsonResponse(NotFound().body(), status=404), 404, "not_found"),
            (HttpResponse(b'{"status": 404}', status=404, content_type="application/problem+json"), 404, "not_found"),
        ]
        for response, status, code in bad:
            with self.subTest(status=status, code=code), self.assertRaises(AssertionError):
                assert_problem(response, status, code)
