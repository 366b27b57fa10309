"""Views that show what the middleware must cope with."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from types import SimpleNamespace

from django.db import DatabaseError, connection
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from jsonlog import context

logger = logging.getLogger("tests.views")


def hello(request: HttpRequest, name: str) -> HttpResponse:
    context.set_actor({"id": "u1", "kind": "user", "name": name})
    return HttpResponse(f"{request.request_id} {context.request_id()}")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def body() -> Iterator[bytes]:
        for _ in range(2):
            yield str(context.request_id()).encode() + b"\n"

    headers = {"Content-Length": request.GET["length"]} if "length" in request.GET else {}
    return StreamingHttpResponse(body(), headers=headers)


async def stream_async(request: HttpRequest) -> StreamingHttpResponse:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(2):
            yield str(context.request_id()).encode() + b"\n"

    return StreamingHttpResponse(body())


def stream_breaks(request: HttpRequest) -> StreamingHttpResponse:
    def body() -> Iterator[bytes]:
        yield b"ab"
        raise RuntimeError("in the middle")

    return StreamingHttpResponse(body())


async def stream_breaks_async(request: HttpRequest) -> StreamingHttpResponse:
    async def body() -> AsyncIterator[bytes]:
        yield b"ab"
        raise RuntimeError("in the middle")

    return StreamingHttpResponse(body())


def outgoing(request: HttpRequest) -> JsonResponse:
    return JsonResponse(context.outgoing())


def django_user(request: HttpRequest) -> HttpResponse:
    request._cached_user = SimpleNamespace(pk=7)  # what django.contrib.auth keeps once a view has asked
    return HttpResponse()


def queries(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        with suppress(DatabaseError):
            cursor.execute("SELECT nonsense")
    return HttpResponse()


def download(request: HttpRequest) -> FileResponse:
    return FileResponse(open(__file__, "rb"))  # noqa: PTH123 - Django closes it with the response


def probe(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=503 if "down" in request.GET else 200)


urlpatterns = [
    path("hello/<str:name>/", hello),
    path("broken/", broken),
    path("stream/", stream),
    path("stream-async/", stream_async),
    path("download/", download),
    path("stream-breaks/", stream_breaks),
    path("stream-breaks-async/", stream_breaks_async),
    path("outgoing/", outgoing),
    path("django-user/", django_user),
    path("queries/", queries),
    path("readyz", probe),
]
