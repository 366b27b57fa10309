"""Views that show what the middleware must cope with."""

import logging
from collections.abc import AsyncIterator, Iterator

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
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

    return StreamingHttpResponse(body())


async def stream_async(request: HttpRequest) -> StreamingHttpResponse:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(2):
            yield str(context.request_id()).encode() + b"\n"

    return StreamingHttpResponse(body())


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
    path("readyz", probe),
]
