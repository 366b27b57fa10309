"""Around the ASGI application: the probes without a request of Django's."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from healthcheck.probes import LIVE, Probes

Message = dict[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class HealthCheckASGI:
    """Answers what `HealthCheckMiddleware` answers; `application = HealthCheckASGI(get_asgi_application())`."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._probes = Probes()

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http" or scope["path"] not in self._probes.paths:
            await self.application(scope, receive, send)
            return
        path, environ = scope["path"], _environ(scope)
        if path == LIVE:
            reply = self._probes.reply(path, environ)
        else:
            reply = await asyncio.to_thread(self._probes.reply, path, environ)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})


def _environ(scope: Message) -> Message:
    """What the probes look at, under WSGI's names."""
    environ: Message = {"REQUEST_METHOD": scope["method"], "REMOTE_ADDR": (scope.get("client") or ("",))[0]}
    for name, value in scope.get("headers", ()):
        environ["HTTP_" + name.decode("latin-1").upper().replace("-", "_")] = value.decode("latin-1")
    return environ
