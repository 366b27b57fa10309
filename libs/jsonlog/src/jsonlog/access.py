"""The access line: one record per request, written when the answer is complete."""

import logging
import random
import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jsonlog import context, queries

# An orchestrator asks these every few seconds; only their failures are news.
PROBE_PATHS = frozenset({"/livez", "/readyz", "/startupz", "/health/", "/api/health/", "/metrics"})

logger = logging.getLogger("jsonlog.access")


@dataclass(frozen=True, kw_only=True)
class Conf:
    """Django's setting JSONLOG with its keys in lower case.

    `probe_paths`: exact paths whose 200 is dropped; `probe_sample`: the share of those that is logged all the same,
    0 to 1.
    """

    probe_paths: frozenset[str] = PROBE_PATHS
    probe_sample: float = 0.0


def load() -> Conf:
    """Reads the setting. Raises ImproperlyConfigured for an unknown key or a share that is none."""
    given: dict[str, Any] = dict(getattr(settings, "JSONLOG", {}))
    conf = Conf(
        probe_paths=frozenset(given.pop("PROBE_PATHS", PROBE_PATHS)), probe_sample=given.pop("PROBE_SAMPLE", 0.0)
    )
    if given:
        raise ImproperlyConfigured(f"JSONLOG: unknown key {', '.join(sorted(given))}")
    if not 0 <= conf.probe_sample <= 1:
        raise ImproperlyConfigured(f"JSONLOG['PROBE_SAMPLE'] is {conf.probe_sample!r}: set it to a share of 0 to 1")
    return conf


@dataclass(kw_only=True)
class Access:
    """One request under way."""

    request: HttpRequest
    conf: Conf
    bound: context.Context
    started: float = field(default_factory=time.perf_counter)
    count: queries.Count = field(default_factory=queries.begin)

    def log(self, status: int, size: int | None) -> None:
        """Writes the line with the ids of the request, in whichever context this is called."""
        request = self.request
        if status == 200 and request.path_info in self.conf.probe_paths and not self._is_sampled():
            return
        match = request.resolver_match
        route = None if match is None else f"/{match.route}"
        facts = {
            "method": request.method,
            "route": route,
            "status": status,
            "duration_ms": round((time.perf_counter() - self.started) * 1000, 2),
            "bytes": size,
            "queries": self.count.queries,
            "queries_ms": round(self.count.seconds * 1000, 2),
        }
        with context.bound_to(self.bound):
            if self.bound.user_id is None and (user_id := _signed_in(request)):
                with context.bind(user_id=user_id):
                    logger.info("%s %s %s", request.method, route or "(no route)", status, extra=facts)
            else:
                logger.info("%s %s %s", request.method, route or "(no route)", status, extra=facts)

    def _is_sampled(self) -> bool:
        return random.random() < self.conf.probe_sample  # noqa: S311 - no secret hangs on it


def length(response: HttpResponseBase) -> int | None:
    """Bytes of the body as far as they are known beforehand."""
    if not response.streaming:
        return len(getattr(response, "content", b""))
    declared = response.headers.get("Content-Length", "")
    return int(declared) if declared.isdecimal() else None


def _signed_in(request: HttpRequest) -> str | None:
    """Django's user if a view has asked for it. Asking here would make every answer vary with the cookie."""
    user = getattr(request, "_cached_user", None)
    pk = getattr(user, "pk", None)
    return None if pk is None else str(pk)
