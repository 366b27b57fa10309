"""Prometheus metrics: the checks from what readiness last found, and every request (needs prometheus_client).

Nothing is asked for a scrape: a scrape neither costs a dependency anything nor waits for one.
"""

import functools
import os
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, get_args

from django.http import HttpRequest

from healthcheck.conf import Conf
from healthcheck.definition import Status
from healthcheck.draining import is_draining
from healthcheck.engine import Engine, Outcome

if TYPE_CHECKING:
    from prometheus_client import Metric

# Seconds: from what a cache answers to what a client gives up on.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meter:
    """Counts and times requests by method, route (the URL pattern, never the path) and status."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Gauge, Histogram

        self._count = Counter("http_requests", "Requests answered", ["method", "route", "status"])
        self._seconds = Histogram(
            "http_request_duration_seconds", "Until the answer", ["method", "route"], buckets=BUCKETS
        )
        self._running = Gauge("http_requests_in_progress", "Being answered", multiprocess_mode="livesum")

    def in_progress(self) -> AbstractContextManager[Any]:
        """Counts one request more for as long as the block runs."""
        return self._running.track_inprogress()

    def observe(self, request: HttpRequest, status: int, seconds: float) -> None:
        """One request is answered. Methods and paths that nobody defined share a label, or anyone could make more."""
        match = request.resolver_match
        route = "none" if match is None else f"/{match.route}"
        method = request.method if request.method in _METHODS else "other"
        self._count.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)


def meter() -> Meter:
    """The process's one meter: a registry takes a name only once, whichever of its threads asks first."""
    with _making:
        return _made()


_making = threading.Lock()
_made = functools.cache(Meter)


def exposition(conf: Conf, engine: Engine, accept: str) -> tuple[bytes, str]:
    """Everything in prometheus_client's registry and the checks, as Prometheus or OpenMetrics text; its media type.

    With PROMETHEUS_MULTIPROC_DIR the requests are those of all processes; the checks are always this one's.
    """
    from prometheus_client import REGISTRY, CollectorRegistry
    from prometheus_client.exposition import choose_encoder
    from prometheus_client.multiprocess import MultiProcessCollector

    registry: Any = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    encode, content_type = choose_encoder(accept)

    class Everything:
        def collect(self) -> Iterable["Metric"]:
            yield from registry.collect()
            yield from families(conf, engine.known())

    return encode(Everything()), content_type  # type: ignore[no-any-return,arg-type,operator,unused-ignore]


def families(conf: Conf, outcomes: Iterable[Outcome]) -> Iterable["Metric"]:
    """The checks' metrics. A check that never ran has only its `healthcheck_info`."""
    from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

    about = InfoMetricFamily("healthcheck", "The service that answers", labels=["service"])
    about.add_metric([conf.service], {"version": conf.version})
    draining = GaugeMetricFamily("healthcheck_draining", "1 from SIGTERM on", value=float(is_draining()))
    status = GaugeMetricFamily("healthcheck_status", "1 for the status that it has", labels=["check", "status"])
    critical = GaugeMetricFamily("healthcheck_critical", "1 where a failure makes it unready", labels=["check"])
    age = GaugeMetricFamily("healthcheck_age_seconds", "Since the status was found", labels=["check"])
    took = GaugeMetricFamily("healthcheck_duration_seconds", "Of the last run that ended", labels=["check"])
    figure = GaugeMetricFamily("healthcheck_figure", "What the check counted", labels=["check", "figure"])
    for outcome in outcomes:
        if outcome.age is None and outcome.code != "stuck":
            continue
        for word in get_args(Status):
            status.add_metric([outcome.name, word], float(outcome.status == word))
        critical.add_metric([outcome.name], float(outcome.critical))
        _add(age, outcome.name, outcome.age)
        _add(took, outcome.name, outcome.duration)
        for name, value in outcome.detail.items():
            if isinstance(value, int | float):
                figure.add_metric([outcome.name, name], float(value))
    yield from (about, draining, status, critical, age, took, figure)


def _add(family: Any, check: str, value: float | None) -> None:
    if value is not None:
        family.add_metric([check], value)
