"""The probes as bytes: which paths, who sees what, without Django's request and response."""

import json
from collections.abc import Callable, Mapping
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, NamedTuple

from django.core.cache import caches
from django.db import connections

from healthcheck import conf as configuration
from healthcheck import metrics
from healthcheck.answers import Answer, Answers
from healthcheck.conf import Conf
from healthcheck.engine import Engine

CONTENT_TYPE = "application/health+json"
LIVE = "/livez"
METRICS = "/metrics"
# By these a proxy says that the address we see is its own.
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
# Of what JSON does not know only the type is told: a `repr` may hold anything. Made once: that costs more than its use.
_encode = json.JSONEncoder(default=lambda value: type(value).__name__).encode


class Reply(NamedTuple):
    """An answer as it goes onto the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def line(self) -> str:
        """`200 OK`."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"


class Probes:
    """All probes of a process, from one engine. `environ` is WSGI's, or what ASGI's scope is turned into."""

    def __init__(self, conf: Conf | None = None) -> None:
        self.conf = conf or configuration.load()
        self.engine = Engine(
            self.conf.definitions(), deadline=self.conf.deadline, cleanup=close_this_threads_connections
        )
        answers = Answers(self.conf, self.engine)
        self._token = self.conf.token.encode()
        self._answers: dict[str, Callable[[bool], Answer]] = {
            LIVE: answers.live,
            "/readyz": answers.ready,
            "/startupz": answers.startup,
            "/health/": answers.summary,
            "/api/health/": answers.summary,
        }
        self.paths = frozenset(self._answers) | ({METRICS} if self.conf.metrics else set())
        self._alive = _reply(Answer(200, {"status": "pass"}))

    def reply(self, path: str, environ: Mapping[str, Any]) -> Reply:
        """The answer to a request for one of `paths`; may take as long as the deadline, `/livez` never waits."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return _reply(Answer(405, {"status": "fail"}), Allow="GET, HEAD")
        found = self._found(path, environ)
        return found if method == "GET" else found._replace(body=b"")

    def _found(self, path: str, environ: Mapping[str, Any]) -> Reply:
        if path == METRICS:
            return self._exposition(environ)
        if path == LIVE and not self.conf.live_fails_after:
            return self._alive
        return _reply(self._answers[path](path != LIVE and self._shows_details(environ)))

    def _exposition(self, environ: Mapping[str, Any]) -> Reply:
        if not self._shows_details(environ):
            return _reply(Answer(404, {"status": "fail"}))
        body, content_type = metrics.exposition(self.conf, self.engine, str(environ.get("HTTP_ACCEPT", "")))
        return Reply(200, _headers(content_type, body), body)

    def _shows_details(self, environ: Mapping[str, Any]) -> bool:
        if self._token and self._has_token(environ):
            return True
        return bool(self.conf.internal_networks) and self._is_internal(environ)

    def _has_token(self, environ: Mapping[str, Any]) -> bool:
        bearer = str(environ.get("HTTP_AUTHORIZATION", ""))
        given = environ.get("HTTP_X_HEALTH_TOKEN") or (bearer[7:] if bearer[:7].lower() == "bearer " else "")
        return compare_digest(str(given).encode("utf-8", "surrogateescape"), self._token)

    def _is_internal(self, environ: Mapping[str, Any]) -> bool:
        if any(environ.get(name) for name in _FORWARDED):
            return False  # the address is the proxy's; whose request it passes on is anybody's
        try:
            address = ip_address(str(environ.get("REMOTE_ADDR", "")))
        except ValueError:  # a Unix socket has none
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.conf.internal_networks)


def _reply(answer: Answer, **headers: str) -> Reply:
    body = _encode(answer.body).encode()
    return Reply(answer.status, [*_headers(CONTENT_TYPE, body), *headers.items()], body)


def _headers(content_type: str, body: bytes) -> list[tuple[str, str]]:
    return [("Content-Type", content_type), ("Cache-Control", "no-store"), ("Content-Length", str(len(body)))]


def close_this_threads_connections() -> None:
    """Django keeps connections per thread and closes them at the end of a request, of which a check has none."""
    connections.close_all()
    caches.close_all()
