"""Around the WSGI application: the probes for half the price, as no request of Django's is made for them."""

from collections.abc import Callable, Iterable
from typing import Any

from healthcheck.probes import Probes

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class HealthCheckWSGI:
    """Answers what `HealthCheckMiddleware` answers; keep the middleware for tests and `runserver`.

    `application = HealthCheckWSGI(get_wsgi_application())` in wsgi.py.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self._probes = Probes()
        self._paths = self._probes.paths

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path not in self._paths:
            return self.application(environ, start_response)
        reply = self._probes.reply(path, environ)
        start_response(reply.line, list(reply.headers))
        return [reply.body]
