"""The probes around the WSGI and the ASGI application, and who sees the details there."""

import asyncio
import json
from typing import Any
from unittest import mock
from wsgiref.util import setup_testing_defaults

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from healthcheck import conf
from healthcheck.asgi import HealthCheckASGI
from healthcheck.wsgi import HealthCheckWSGI

from .test_probes import PROBES, configured


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"the application's"]


def ask(path: str, method: str = "GET", **environ: str) -> tuple[str, dict[str, str], bytes]:
    request: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": method, "REMOTE_ADDR": "10.1.2.3", **environ}
    setup_testing_defaults(request)
    started: list[Any] = []
    body = b"".join(HealthCheckWSGI(application)(request, lambda *answer: started.extend(answer)))
    return started[0], dict(started[1]), body


class WSGITests(SimpleTestCase):
    @configured("fine")
    def test_every_probe(self) -> None:
        for path in PROBES:
            line, headers, body = ask(path)
            self.assertEqual(("200 OK", "application/health+json"), (line, headers["Content-Type"]))
            self.assertEqual(str(len(body)), headers["Content-Length"])
            self.assertEqual(b"", ask(path, "HEAD")[2])
        self.assertEqual("405 Method Not Allowed", ask("/livez", "POST")[0])
        self.assertEqual(b"the application's", ask("/livez/")[2])

    @configured("failing")
    def test_not_ready(self) -> None:
        self.assertEqual("503 Service Unavailable", ask("/readyz")[0])


class ASGITests(SimpleTestCase):
    def ask(self, path: str, **scope: Any) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def inner(scope: dict[str, Any], receive: Any, send: Any) -> None:
            await send({"type": "inner"})

        wrapped = HealthCheckASGI(inner)
        asyncio.run(wrapped({"type": "http", "method": "GET", "path": path, **scope}, mock.AsyncMock(), send))
        return sent

    @configured("fine", TOKEN="t")
    def test_every_probe(self) -> None:
        for path in PROBES:
            start, body = self.ask(path, headers=[(b"x-health-token", b"t")], client=("10.0.0.1", 5))
            self.assertEqual(200, start["status"])
            self.assertIn((b"cache-control", b"no-store"), start["headers"])
            self.assertIn("status", json.loads(body["body"]))
        self.assertIn(b"rows", self.ask("/readyz", headers=[(b"x-health-token", b"t")])[1]["body"])

    @configured("fine")
    def test_everything_else_goes_on(self) -> None:
        self.assertEqual([{"type": "inner"}], self.ask("/hello/"))
        self.assertEqual([{"type": "inner"}], self.ask("/livez", type="websocket"))


class InternalNetworkTests(SimpleTestCase):
    def shown(self, **environ: str) -> bool:
        return b"rows" in ask("/readyz", **environ)[2]

    @configured("fine", INTERNAL_NETWORKS=["10.0.0.0/8", "fd00::/8"])
    def test_details_for_whom_no_proxy_passed_on(self) -> None:
        self.assertTrue(self.shown())
        self.assertTrue(self.shown(REMOTE_ADDR="::ffff:10.1.2.3"))
        self.assertTrue(self.shown(REMOTE_ADDR="fd00::1"))
        for environ in (
            {"REMOTE_ADDR": "192.0.2.1"},
            {"REMOTE_ADDR": ""},
            {"REMOTE_ADDR": "fe80::1"},
            {"HTTP_X_FORWARDED_FOR": "10.1.2.3"},
            {"HTTP_FORWARDED": "for=10.1.2.3"},
            {"HTTP_VIA": "1.1 gateway"},
        ):
            self.assertFalse(self.shown(**environ), environ)

    @configured("fine")
    def test_nobody_is_internal_unless_it_is_said(self) -> None:
        self.assertFalse(self.shown())

    @configured("fine", TOKEN="t")
    def test_the_token_as_bearer_which_prometheus_can_send(self) -> None:
        self.assertTrue(self.shown(HTTP_AUTHORIZATION="Bearer t"))
        self.assertFalse(self.shown(HTTP_AUTHORIZATION="Basic t"))

    def test_what_is_no_network(self) -> None:
        with (
            configured("fine", INTERNAL_NETWORKS=["10.0.0.1/8"]),
            self.assertRaisesMessage(ImproperlyConfigured, "has host bits set"),
        ):
            conf.load()


class OptionTests(SimpleTestCase):
    def definitions(self, *checks: Any) -> list[Any]:
        return conf.Conf(service="x", checks=checks).definitions()

    def test_terms_and_arguments(self) -> None:
        options = {"name": "data", "critical": True, "ttl": 90, "path": "/tmp"}  # noqa: S108
        (disk,) = self.definitions(("healthcheck.checks.disk", options))
        self.assertEqual(("data", True, 90, 90), (disk.name, disk.critical, disk.ttl, disk.max_age))
        self.assertIn("free_mib", disk.run().detail)

    def test_an_option_that_nobody_knows(self) -> None:
        for entry in (("healthcheck.checks.disk", {"paht": "/"}), "healthcheck.checks.service"):
            with self.assertRaisesMessage(ImproperlyConfigured, "options of 'healthcheck.checks."):
                self.definitions(entry)


class LiveFailsAfterTests(SimpleTestCase):
    @configured("failing", LIVE_FAILS_AFTER=600)
    def test_a_process_that_stays_unready_asks_for_a_restart(self) -> None:
        wrapped = HealthCheckWSGI(application)
        started: list[Any] = []

        def status(path: str) -> str:
            request: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": "GET"}
            wrapped(request, lambda *answer: started.append(answer[0]))
            return str(started[-1][:3])

        with mock.patch("healthcheck.answers.time") as clock:
            clock.monotonic.return_value = 1000.0
            self.assertEqual("200", status("/livez"))
            self.assertEqual("503", status("/readyz"))
            clock.monotonic.return_value = 1599.0
            self.assertEqual(("503", "200"), (status("/readyz"), status("/livez")))
            clock.monotonic.return_value = 1601.0
            self.assertEqual("503", status("/livez"))
            with mock.patch("healthcheck.answers.overall", return_value="pass"):
                self.assertEqual("200", status("/readyz"))
            self.assertEqual("200", status("/livez"))
