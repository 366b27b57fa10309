"""What Prometheus reads."""

import asyncio
import functools
import os
import re
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from unittest import mock

from django.test import AsyncClient, Client, SimpleTestCase
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from healthcheck import metrics

from . import cast
from .test_probes import configured


class MetricsTests(SimpleTestCase):
    def samples(self, client: Client, **headers: str) -> dict[tuple[str, ...], float]:
        text = client.get("/metrics", headers={"X-Health-Token": "t", **headers}).content.decode()
        return {
            (sample.name, *(sample.labels[key] for key in sorted(sample.labels))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    @configured("fine", "worried", METRICS=True, TOKEN="t")
    def test_checks_from_what_readiness_found(self) -> None:
        client = Client()
        self.assertNotIn(("healthcheck_status", "fine", "pass"), self.samples(client), "a scrape runs no check")
        client.get("/readyz")
        found = self.samples(client)
        self.assertEqual(1, found["healthcheck_status", "fine", "pass"])
        self.assertEqual(0, found["healthcheck_status", "fine", "fail"])
        self.assertEqual(1, found["healthcheck_status", "worried", "warn"])
        self.assertEqual(3, found["healthcheck_figure", "fine", "rows"])
        self.assertGreaterEqual(found["healthcheck_age_seconds", "fine"], 0)
        self.assertGreaterEqual(found["healthcheck_duration_seconds", "fine"], 0)
        self.assertEqual(1, found["healthcheck_critical", "fine"])
        self.assertEqual(0, found["healthcheck_draining",])
        self.assertEqual(1, found["healthcheck_info", "tests", "1.2.3"])

    @configured("hanging", METRICS=True, TOKEN="t", DEADLINE=0.05)
    def test_a_stuck_check_is_a_failure_without_an_age(self) -> None:
        cast.release.clear()
        self.addCleanup(cast.release.set)
        client = Client()
        client.get("/readyz")
        found = self.samples(client)
        self.assertEqual(1, found["healthcheck_status", "hanging", "fail"])
        self.assertNotIn(("healthcheck_age_seconds", "hanging"), found)

    def test_of_threads_that_ask_at_once_one_makes_the_meter(self) -> None:
        both, made = threading.Barrier(2), []

        def make() -> object:
            made.append(object())
            with suppress(threading.BrokenBarrierError):
                both.wait(0.5)  # for the second to be in here as well
            return made[0]

        with mock.patch("healthcheck.metrics._made", functools.cache(make)):
            threads = [threading.Thread(target=metrics.meter) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(len(made), 1)

    @configured("fine", METRICS=True, TOKEN="t")
    def test_requests_by_route_never_by_path(self) -> None:
        client = Client()

        def count(*labels: str) -> float:
            return self.samples(client).get(("http_requests_total", *labels), 0)

        before = count("GET", "/hello/", "200"), count("other", "none", "404")
        client.get("/hello/")
        client.generic("BREW", "/secret-link")
        self.assertEqual(before[0] + 1, count("GET", "/hello/", "200"))
        self.assertEqual(before[1] + 1, count("other", "none", "404"))
        self.assertGreater(self.samples(client)["http_request_duration_seconds_count", "GET", "/hello/"], 0)

    @configured("fine", METRICS=True, TOKEN="t")
    def test_async_requests(self) -> None:
        labels = {"method": "GET", "route": "/hello/", "status": "200"}
        before = REGISTRY.get_sample_value("http_requests_total", labels) or 0
        asyncio.run(AsyncClient().get("/hello/"))
        self.assertEqual(before + 1, REGISTRY.get_sample_value("http_requests_total", labels))

    @configured("fine", METRICS=True, TOKEN="t")
    def test_only_with_the_token(self) -> None:
        self.assertEqual(404, Client().get("/metrics").status_code)

    @configured("fine", TOKEN="t")
    def test_not_ours_unless_it_is_switched_on(self) -> None:
        self.assertEqual("text/html; charset=utf-8", Client().get("/metrics")["Content-Type"])

    @configured("fine", METRICS=True, TOKEN="t")
    def test_several_processes(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, PROMETHEUS_MULTIPROC_DIR=folder):
            found = self.samples(Client())
        self.assertNotIn(("http_requests_total", "GET", "/hello/", "200"), found, "only what is in the folder")
        self.assertEqual(0, found["healthcheck_draining",])


class DashboardTests(SimpleTestCase):
    @configured("fine", METRICS=True, TOKEN="t")
    def test_rules_and_dashboard_ask_for_what_there_is(self) -> None:
        client = Client()
        client.get("/readyz")
        client.get("/hello/")
        text = client.get("/metrics", headers={"X-Health-Token": "t"}).content.decode()
        there = set(re.findall(r"^(\w+)[{ ]", text, re.MULTILINE))
        for file in ("alerts.yml", "dashboard.json"):
            asked = (Path(__file__).parents[1] / "prometheus" / file).read_text(encoding="utf-8")
            names = set(re.findall(r"\b((?:healthcheck|http)_\w+)", asked))
            self.assertGreater(len(names), 3)
            self.assertEqual(set(), names - there, file)
