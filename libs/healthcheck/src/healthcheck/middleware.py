"""The first middleware: answers the probes before anything else can refuse, redirect or break them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from secrets import compare_digest
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.cache import caches
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from healthcheck import conf
from healthcheck.answers import Answer, Answers
from healthcheck.engine import Engine

CONTENT_TYPE = "application/health+json"
LIVE = "/livez"


class HealthCheckMiddleware:
    """Answers `/livez`, `/readyz`, `/startupz`, `/health/` and `/api/health/`, exactly these paths.

    Must be first in MIDDLEWARE: a probe comes with the pod's address as Host, over plain HTTP, without a session.
    GET and HEAD; 200 for pass and warn, 503 for fail. Works under WSGI and ASGI. See `HEALTHCHECK` in `conf.Conf`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        settings = conf.load()
        engine = Engine(settings.definitions(), deadline=settings.deadline, cleanup=_close_this_threads_connections)
        answers = Answers(settings, engine)
        self.get_response = get_response
        self._token = settings.token.encode()
        self._probes: dict[str, Callable[[bool], Answer]] = {
            LIVE: answers.live,
            "/readyz": answers.ready,
            "/startupz": answers.startup,
            "/health/": answers.summary,
            "/api/health/": answers.summary,
        }
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._answer_async(request)
        probe = self._probes.get(request.path_info)
        if probe is None:
            response: HttpResponseBase = self.get_response(request)
            return response
        return self._respond(request, probe)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        probe = self._probes.get(request.path_info)
        if probe is None:
            response: HttpResponseBase = await self.get_response(request)
            return response
        if request.path_info == LIVE:  # waits for nothing, so it must not wait for a thread either
            return self._respond(request, probe)
        return await asyncio.to_thread(self._respond, request, probe)

    def _respond(self, request: HttpRequest, probe: Callable[[bool], Answer]) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return _response(request, Answer(405, {"status": "fail"}), Allow="GET, HEAD")
        return _response(request, probe(self._shows_details(request)))

    def _shows_details(self, request: HttpRequest) -> bool:
        given = str(request.META.get("HTTP_X_HEALTH_TOKEN", "")).encode("utf-8", "surrogateescape")
        return bool(self._token) and compare_digest(given, self._token)


def _response(request: HttpRequest, answer: Answer, **headers: str) -> HttpResponse:
    body = json.dumps(answer.body, default=lambda value: type(value).__name__).encode()
    response = HttpResponse(
        b"" if request.method == "HEAD" else body,
        status=answer.status,
        content_type=CONTENT_TYPE,
        # No later middleware sets the length, and without it a server would have to close the connection.
        headers={"Cache-Control": "no-store", "Content-Length": str(len(body)), **headers},
    )
    # The engine logs when a check changes; Django would log an error for every probe in between.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _close_this_threads_connections() -> None:
    """Django keeps connections per thread and closes them at the end of a request, of which a check has none."""
    connections.close_all()
    caches.close_all()
