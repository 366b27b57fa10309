"""Django middleware: the request id in, bound and out, and one access line per request."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import FileResponse, HttpResponseBase

from jsonlog import context

HEADER = "X-Request-ID"
# An orchestrator asks these every few seconds; only their failures are news.
PROBE_PATHS = frozenset({"/livez", "/readyz", "/startupz", "/health/", "/api/health/"})

access_log = logging.getLogger("jsonlog.access")


class RequestIdMiddleware:
    """Takes `X-Request-ID` (1-128 of `A-Za-z0-9._-`) or makes one, binds it, answers it on every response.

    Sets `request.request_id`. Works under WSGI and ASGI. Belongs at the top, so that whatever another middleware
    logs or answers, a 500 too, carries the id. Logs one line per request to `jsonlog.access`: method, route (the URL
    pattern, never the path, which may hold a secret link), status, duration_ms, bytes (None for an unknown length).
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._answer_async(request)
        request_id = _identify(request)
        with context.bind(request_id=request_id, user_id=None, actor=None):
            started = time.perf_counter()
            try:
                response: HttpResponseBase = self.get_response(request)
            except Exception:
                _log_access(request, None, started)
                raise
            return _finish(request, response, request_id, started)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        request_id = _identify(request)
        with context.bind(request_id=request_id, user_id=None, actor=None):
            started = time.perf_counter()
            try:
                response: HttpResponseBase = await self.get_response(request)
            except Exception:
                _log_access(request, None, started)
                raise
            return _finish(request, response, request_id, started)


def _identify(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    request_id = given if context.valid_request_id(given) else context.new_request_id()
    request.request_id = request_id  # type: ignore[attr-defined]
    return request_id


def _finish(request: HttpRequest, response: HttpResponseBase, request_id: str, started: float) -> HttpResponseBase:
    response[HEADER] = request_id
    # A file goes out through the server's file wrapper, which runs none of our code; leave that path alone.
    if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
        _keep_context_while_streaming(response)
    _log_access(request, response, started)
    return response


def _log_access(request: HttpRequest, response: HttpResponseBase | None, started: float) -> None:
    status = 500 if response is None else response.status_code
    if status == 200 and request.path_info in PROBE_PATHS:
        return
    match = request.resolver_match
    route = None if match is None else f"/{match.route}"
    access_log.info(
        "%s %s %s",
        request.method,
        route or "(no route)",
        status,
        extra={
            "method": request.method,
            "route": route,
            "status": status,
            "duration_ms": round((time.perf_counter() - started) * 1000, 2),
            "bytes": _length(response),
        },
    )


def _length(response: HttpResponseBase | None) -> int | None:
    if response is None:
        return None
    if not response.streaming:
        return len(getattr(response, "content", b""))
    declared = response.headers.get("Content-Length", "")
    return int(declared) if declared.isdecimal() else None


def _keep_context_while_streaming(response: StreamingHttpResponse) -> None:
    """The body is produced after the middleware has returned; its log lines need the ids all the same."""
    bound = context.current()
    if response.is_async:
        response.streaming_content = _chunks_async(response.streaming_content, bound)  # type: ignore[arg-type]
    else:
        response.streaming_content = _chunks(response.streaming_content, bound)  # type: ignore[arg-type]


def _chunks(body: Iterator[bytes], bound: context.Context) -> Iterator[bytes]:
    iterator = iter(body)
    while True:
        with context.bind(**bound._asdict()):
            chunk = next(iterator, None)
        if chunk is None:
            return
        yield chunk


async def _chunks_async(body: AsyncIterator[bytes], bound: context.Context) -> AsyncIterator[bytes]:
    iterator = aiter(body)
    while True:
        with context.bind(**bound._asdict()):
            chunk = await anext(iterator, None)
        if chunk is None:
            return
        yield chunk
