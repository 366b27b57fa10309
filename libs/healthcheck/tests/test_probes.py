"""The probes over HTTP."""

import asyncio
import json
from typing import Any
from unittest import mock

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import AsyncClient, Client, SimpleTestCase, override_settings

from healthcheck import draining

from . import cast

PROBES = ("/livez", "/readyz", "/startupz", "/health/", "/api/health/")


def configured(*checks: str, **more: Any) -> override_settings:
    paths = [f"tests.cast.{check}" for check in checks]
    return override_settings(HEALTHCHECK={"SERVICE": "tests", "VERSION": "1.2.3", "CHECKS": paths, **more})


def get(path: str, **headers: str) -> HttpResponse:
    return Client().get(path, headers=headers)


class AnyProbeTests(SimpleTestCase):
    @configured("fine")
    def test_head_has_the_headers_of_get_and_no_body(self) -> None:
        for path in PROBES:
            answered, head = get(path), Client().head(path)
            self.assertEqual((200, 200, b""), (answered.status_code, head.status_code, head.content))
            self.assertEqual("application/health+json", head["Content-Type"])
            self.assertEqual("no-store", head["Cache-Control"])
            self.assertEqual(len(answered.content), int(answered["Content-Length"]))
            self.assertGreater(int(head["Content-Length"]), 0)

    @configured("fine")
    def test_other_methods_are_refused(self) -> None:
        for path in PROBES:
            response = Client().post(path)
            self.assertEqual((405, "GET, HEAD"), (response.status_code, response["Allow"]))

    @configured("fine")
    def test_neither_host_nor_tls_nor_accept_matters(self) -> None:
        with override_settings(SECURE_SSL_REDIRECT=True):
            for path in PROBES:
                response = get(path, Host="10.0.0.7:8000", Accept=";;;/nonsense")
                self.assertEqual(200, response.status_code)

    @configured("fine")
    def test_other_paths_are_not_touched(self) -> None:
        self.assertEqual(b"hello", get("/hello/").content)
        for path in ("/livez/", "/health", "/readyz/x"):
            self.assertEqual(404, get(path).status_code, path)

    @configured("fine")
    def test_async(self) -> None:
        async def ask() -> list[int]:
            client = AsyncClient()
            return [(await client.get(path)).status_code for path in (*PROBES, "/hello/")]

        self.assertEqual([200] * 6, asyncio.run(ask()))


class LiveTests(SimpleTestCase):
    @configured("failing", "hanging")
    def test_live_whatever_the_checks_say(self) -> None:
        response = get("/livez")
        self.assertEqual((200, {"status": "pass"}), (response.status_code, response.json()))


class ReadyTests(SimpleTestCase):
    @configured("fine")
    def test_what_anyone_sees(self) -> None:
        body = get("/readyz").json()
        age = body["checks"]["fine"][0].pop("age")
        self.assertGreaterEqual(age, 0)
        self.assertEqual(
            {"status": "pass", "version": "1.2.3", "serviceId": "tests", "checks": {"fine": [{"status": "pass"}]}}, body
        )

    @configured("fine", "worried", "failing_but_not_needed")
    def test_a_warning_is_still_200(self) -> None:
        response = get("/readyz")
        self.assertEqual((200, "warn"), (response.status_code, response.json()["status"]))

    @configured("fine", "failing")
    def test_a_failed_critical_check_is_503(self) -> None:
        response = get("/readyz")
        self.assertEqual((503, "fail"), (response.status_code, response.json()["status"]))

    @configured("failing")
    def test_not_every_failed_probe_is_logged(self) -> None:
        with self.assertNoLogs("django.request"):
            get("/readyz")

    @configured("hanging", DEADLINE=0.05)
    def test_a_hung_check_is_503_at_the_deadline(self) -> None:
        cast.release.clear()
        self.addCleanup(cast.release.set)
        self.assertEqual(503, get("/readyz").status_code)

    @configured("leaky", TOKEN="let me see")
    def test_no_exception_text_for_anyone(self) -> None:
        for headers in ({}, {"X-Health-Token": "let me see"}):
            self.assertNotIn(b"hunter2", get("/readyz", **headers).content)

    @configured("fine")
    def test_draining(self) -> None:
        with mock.patch.object(draining, "_draining", True):
            self.assertEqual((503, ["draining"]), (get("/readyz").status_code, get("/readyz").json()["notes"]))
            self.assertEqual(200, get("/livez").status_code)
            summary = get("/health/")
        self.assertEqual((503, "unhealthy"), (summary.status_code, summary.json()["status"]))
        self.assertEqual("draining", summary.json()["database"])


class DetailTests(SimpleTestCase):
    def shown(self, **headers: str) -> bool:
        return b"seconds" in get("/readyz", **headers).content

    def test_figures_only_with_the_token(self) -> None:
        with configured("worried", TOKEN="let me see"):
            self.assertTrue(self.shown(**{"X-Health-Token": "let me see"}))
            self.assertFalse(self.shown(**{"X-Health-Token": "let me se"}))
            self.assertFalse(self.shown(**{"X-Health-Token": "l\u00e9t me see"}))
            self.assertFalse(self.shown())

    def test_no_token_no_figures(self) -> None:
        with configured("worried"):
            self.assertFalse(self.shown(**{"X-Health-Token": ""}))
            self.assertFalse(self.shown())

    @configured("worried", TOKEN="t")
    def test_what_the_token_shows(self) -> None:
        (shown,) = get("/readyz", **{"X-Health-Token": "t"}).json()["checks"]["worried"]
        shown.pop("age")
        self.assertEqual({"status": "warn", "critical": True, "code": "late", "detail": {"seconds": 61}}, shown)

    @configured("fine", TOKEN="t")
    def test_figures_that_json_does_not_know(self) -> None:
        with mock.patch.dict(cast.fine().detail), mock.patch("tests.cast.Result") as result:
            from healthcheck import Result

            result.return_value = Result(status="pass", detail={"when": object()})
            body = json.loads(get("/readyz", **{"X-Health-Token": "t"}).content)
        self.assertEqual({"when": "object"}, body["checks"]["fine"][0]["detail"])


class StartupTests(SimpleTestCase):
    @configured("failing")
    def test_503_until_ready_once_and_200_from_then_on(self) -> None:
        client = Client()
        self.assertEqual(503, client.get("/startupz").status_code)
        with mock.patch("healthcheck.answers.overall", return_value="pass"):
            self.assertEqual(200, client.get("/startupz").status_code)
        self.assertEqual(200, client.get("/startupz").status_code)
        self.assertEqual(503, client.get("/readyz").status_code)


class SummaryTests(SimpleTestCase):
    @configured("fine")
    def test_healthy(self) -> None:
        body = get("/health/").json()
        self.assertRegex(body.pop("timestamp"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        unused = {"database": "not configured", "cache": "not configured", "celery": "not configured"}
        self.assertEqual({"status": "healthy", "service": "tests", "version": "1.2.3", **unused}, body)

    @configured("failing", "failing_but_not_needed")
    def test_unhealthy(self) -> None:
        response = get("/api/health/")
        body = response.json()
        self.assertEqual((503, "unhealthy"), (response.status_code, body["status"]))
        self.assertEqual(("error", "error", "not configured"), (body["database"], body["cache"], body["celery"]))


class ConfigurationTests(SimpleTestCase):
    def refused(self, message: str, **setting: Any) -> None:
        with override_settings(HEALTHCHECK=setting), self.assertRaisesMessage(ImproperlyConfigured, message):
            get("/livez")

    def test_mistakes_end_the_start(self) -> None:
        self.refused("unknown key CHEKCS", SERVICE="x", CHEKCS=[])
        self.refused("must name the service", VERSION="1")
        self.refused("tests.cast.nothing", SERVICE="x", CHECKS=["tests.cast.nothing"])
        self.refused("two checks are named 'fine'", SERVICE="x", CHECKS=["tests.cast.fine"] * 2)
