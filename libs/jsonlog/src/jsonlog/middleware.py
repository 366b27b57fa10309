"""Django middleware: the request id and the trace in, bound and out, and one access line per request."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import FileResponse, HttpResponseBase

from jsonlog import access, context, queries, trace
from jsonlog.access import PROBE_PATHS, Access, length

__all__ = ["HEADER", "PROBE_PATHS", "RequestIdMiddleware"]

HEADER = "X-Request-ID"
TRACE_HEADER = "traceparent"

logger = logging.getLogger("jsonlog.middleware")


class RequestIdMiddleware:
    """Takes `X-Request-ID` (1-128 of `A-Za-z0-9._-`) or makes one, and continues the trace of `traceparent`.

    Binds both, sets `request.request_id`, answers both on every response. Works under WSGI and ASGI. Belongs at the
    top, so that whatever another middleware logs or answers, a 500 too, carries the id. Logs one line per request to
    `jsonlog.access`: method, route (the URL pattern, never the path, which may hold a secret link), status,
    duration_ms, bytes (None for an unknown length), queries, queries_ms; for a streamed answer at its end.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._conf = access.load()
        queries.install()
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._answer_async(request)
        with context.bind(**_ids_of(request)) as bound:
            under_way = Access(request=request, conf=self._conf, bound=bound)
            try:
                response: HttpResponseBase = self.get_response(request)
            except Exception:
                under_way.log(500, None)
                raise
            return _finish(response, under_way)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        with context.bind(**_ids_of(request)) as bound:
            under_way = Access(request=request, conf=self._conf, bound=bound)
            try:
                response: HttpResponseBase = await self.get_response(request)
            except Exception:
                under_way.log(500, None)
                raise
            return _finish(response, under_way)


def _ids_of(request: HttpRequest) -> dict[str, Any]:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    request_id = given if context.valid_request_id(given) else context.new_request_id()
    request.request_id = request_id  # type: ignore[attr-defined]
    return {
        "request_id": request_id,
        "user_id": None,
        "actor": None,
        "trace": trace.following(request.META.get("HTTP_TRACEPARENT")),
    }


def _finish(response: HttpResponseBase, under_way: Access) -> HttpResponseBase:
    under_way.bound = context.current()  # the view may have named who acts
    response[HEADER] = under_way.bound.request_id or ""
    response[TRACE_HEADER] = context.traceparent() or ""
    if not response.streaming:
        under_way.log(response.status_code, length(response))
        return response
    sent = _Sent(length(response))
    # A file goes out through the server's file wrapper, which runs none of our code; leave that path alone.
    if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
        _keep_context_while_streaming(response, under_way.bound, sent)
    # Called by every server when the answer is over, also when the client has gone.
    closers: list[Callable[[], None]] = response._resource_closers  # type: ignore[attr-defined]
    closers.append(lambda: under_way.log(response.status_code, sent.size))
    return response


class _Sent:
    """How many bytes of a body have been made, unless its length was known beforehand."""

    def __init__(self, declared: int | None) -> None:
        self.size = declared
        self._declared = declared is not None

    def add(self, chunk: bytes) -> None:
        if not self._declared:
            self.size = (self.size or 0) + len(chunk)


def _keep_context_while_streaming(response: StreamingHttpResponse, bound: context.Context, sent: _Sent) -> None:
    """The body is produced after the middleware has returned; its log lines need the ids all the same."""
    if response.is_async:
        response.streaming_content = _chunks_async(response.streaming_content, bound, sent)  # type: ignore[arg-type]
    else:
        response.streaming_content = _chunks(response.streaming_content, bound, sent)  # type: ignore[arg-type]


def _chunks(body: Iterator[bytes], bound: context.Context, sent: _Sent) -> Iterator[bytes]:
    iterator = iter(body)
    while True:
        with context.bound_to(bound):
            try:
                chunk = next(iterator, None)
            except Exception:  # the status is out already: nobody else will say whose answer broke off
                logger.exception("the answer broke off")
                raise
        if chunk is None:
            return
        sent.add(chunk)
        yield chunk


async def _chunks_async(body: AsyncIterator[bytes], bound: context.Context, sent: _Sent) -> AsyncIterator[bytes]:
    iterator = aiter(body)
    while True:
        with context.bound_to(bound):
            try:
                chunk = await anext(iterator, None)
            except Exception:
                logger.exception("the answer broke off")
                raise
        if chunk is None:
            return
        sent.add(chunk)
        yield chunk
