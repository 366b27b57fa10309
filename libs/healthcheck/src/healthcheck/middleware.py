"""The first middleware: answers the probes before anything else can refuse, redirect or break them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from healthcheck import metrics
from healthcheck.probes import LIVE, Probes


class HealthCheckMiddleware:
    """Answers `/livez`, `/readyz`, `/startupz`, `/health/` and `/api/health/`, exactly these paths, and `/metrics`.

    Must be first in MIDDLEWARE: a probe comes with the pod's address as Host, over plain HTTP, without a session.
    GET and HEAD; 200 for pass and warn, 503 for fail. Works under WSGI and ASGI. See `HEALTHCHECK` in `conf.Conf`.
    With METRICS it also counts and times all other requests.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._probes = Probes()
        self.get_response = get_response
        self._meter = metrics.meter() if self._probes.conf.metrics else None
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._answer_async(request)
        if request.path_info in self._probes.paths:
            return self._respond(request)
        if self._meter is None:
            return self._pass_on(request)
        begun = time.perf_counter()
        with self._meter.in_progress():
            response = self._pass_on(request)
        self._meter.observe(request, response.status_code, time.perf_counter() - begun)
        return response

    def _pass_on(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.get_response(request)
        return response

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == LIVE:  # waits for nothing, so it must not wait for a thread either
            return self._respond(request)
        if request.path_info in self._probes.paths:
            return await asyncio.to_thread(self._respond, request)
        begun = time.perf_counter()
        if self._meter is None:
            response: HttpResponseBase = await self.get_response(request)
            return response
        with self._meter.in_progress():
            response = await self.get_response(request)
        self._meter.observe(request, response.status_code, time.perf_counter() - begun)
        return response

    def _respond(self, request: HttpRequest) -> HttpResponse:
        reply = self._probes.reply(request.path_info, request.META)
        # No later middleware sets the length, and without it a server would have to close the connection.
        response = HttpResponse(reply.body, status=reply.status, headers=dict(reply.headers))
        # The engine logs when a check changes; Django would log an error for every probe in between.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response
