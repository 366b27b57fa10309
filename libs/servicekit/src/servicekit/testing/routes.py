"""The routes that the contract names and those that the URLconf has."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from servicekit.testing.repository import MARK, repository_root

Route = tuple[str, str]

COMMON_HEADING = "Common to all"
HEALTH_MIDDLEWARE = "healthcheck.middleware.HealthCheckMiddleware"
HEALTH_PATHS = ("/livez", "/readyz", "/startupz", "/health/", "/api/health/")
METRICS_PATH = "/metrics"  # 404 for whoever has no token
METHODS = ("get", "post", "put", "patch", "delete")
_ROW = re.compile(r"^\|\s*(GET|POST|PUT|PATCH|DELETE)\s*\|\s*`([^`]+)`\s*\|")
_CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_GROUP = re.compile(r"\(\?P<[^>]+>(?:[^()\\]|\\.)*\)")


def _canonical(path: str) -> str:
    """Parameters without their names: the contract and the code need not call them alike."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def contract_routes(service: str) -> set[Route]:
    """`(method, path)` of a service in docs/contracts.md, common ones included; parameters are written `{}`.

    Raises LookupError for a service without a section there.
    """
    section, routes, own = "", set(), 0
    for line in (repository_root() / MARK).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ").strip()
        elif line.startswith(COMMON_HEADING):
            section = COMMON_HEADING
        elif section in (service, COMMON_HEADING) and (row := _ROW.match(line)):
            routes.add((row[1], _canonical(row[2])))
            own += section == service
    if not own:
        raise LookupError(f"{MARK} has no routes of {service}")
    return routes


def _text(pattern: Any) -> str:
    if isinstance(pattern, RoutePattern):
        return _CONVERTER.sub("{}", str(pattern))
    if isinstance(pattern, RegexPattern):
        plain = _GROUP.sub("{}", str(pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z"))
        return plain.replace("\\", "")
    raise TypeError(f"a {type(pattern).__name__} is not understood here")


def _methods(view: Any) -> Iterable[str]:
    """Of a viewset its actions, of a class its handlers; a plain function counts as GET."""
    if actions := getattr(view, "actions", None):
        return [method.upper() for method in actions if method in METHODS]
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if view_class is None:
        return ["GET"]
    return [
        method.upper() for method in METHODS if method in view_class.http_method_names and hasattr(view_class, method)
    ]


def _walk(patterns: Iterable[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        path = prefix + _text(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.callback


def urlconf_routes() -> set[Route]:
    """`(method, path)` of every route of this service, with those that the health middleware answers."""
    routes = {(method, path) for path, view in _walk(get_resolver().url_patterns, "/") for method in _methods(view)}
    if HEALTH_MIDDLEWARE in settings.MIDDLEWARE:
        routes |= {("GET", path) for path in (*HEALTH_PATHS, METRICS_PATH)}
    return routes


class ContractRoutesMixin:
    """A TestCase's base: the URLconf and docs/contracts.md name the same routes.

    `service` is `settings.SERVICE` unless set; routes under `unlisted` prefixes (`/admin/`) are no part of it.
    """

    service: str = ""
    unlisted: tuple[str, ...] = ()

    def test_routes_are_those_of_the_contract(self) -> None:
        promised = contract_routes(self.service or settings.SERVICE)
        present = {route for route in urlconf_routes() if not route[1].startswith(self.unlisted or "\0")}
        missing, extra = sorted(promised - present), sorted(present - promised)
        if missing or extra:
            raise AssertionError(f"in {MARK} but not in the code: {missing}; in the code but not there: {extra}")
