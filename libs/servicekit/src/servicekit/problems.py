"""Errors as `application/problem+json` (RFC 9457), wherever in the stack they arise.

Services declare their errors by the fact, `class TicketAlreadyClosed(Problem): status = 409; ...`, and raise them
anywhere.
No exception's text is ever answered, except what a `Problem` or a validator was given to say.
"""

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from django.core import exceptions as core
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from rest_framework import exceptions as drf

from jsonlog import context
from servicekit.renderers import dump_json

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:problem-type:tts:"
RESERVED = frozenset({"type", "title", "status", "detail", "code", "request_id", "errors"})
RETRY_AFTER_DATABASE = "2"


class Problem(Exception):
    """An error that its caller is told about.

    `errors` are `{"field", "code", "detail"}`; `extra` become further members of the body.
    """

    status: int = 500
    code: str = "internal_error"
    title: str = "Something went wrong here; it has been logged."

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        if clash := RESERVED & extra.keys():
            raise TypeError(f"reserved members of a problem: {sorted(clash)}")
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The members of RFC 9457 with `code`, `request_id` and, where given, `errors` and the extra ones."""
        body: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "request_id": context.request_id() or "",
        }
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = self.errors
        return body | self.extra


def define(name: str, status: int, code: str, title: str) -> type[Problem]:
    """A subclass of `Problem` for errors that nobody catches by type."""
    return type(name, (Problem,), {"status": status, "code": code, "title": title, "__module__": __name__})


class BadRequest(Problem):
    status, code, title = 400, "bad_request", "The request is not well-formed."


class ValidationFailed(Problem):
    status, code, title = 400, "validation_error", "The request does not validate."


class ParseFailed(Problem):
    status, code, title = 400, "parse_error", "The body is not what its Content-Type says."


class InvalidHost(Problem):
    status, code, title = 400, "invalid_host", "This host name is not served here."


class PermissionDenied(Problem):
    status, code, title = 403, "permission_denied", "This caller may not do that."


class NotFound(Problem):
    status, code, title = 404, "not_found", "There is nothing here that this caller may see."


class LengthRequired(Problem):
    status, code, title = 411, "length_required", "A body needs a Content-Length."


class BodyTooLarge(Problem):
    status, code, title = 413, "body_too_large", "The body is too large."


class DatabaseUnavailable(Problem):
    status, code, title = 503, "database_unavailable", "The database does not answer at the moment; try again."


_DRF_TITLES = {
    "not_authenticated": "This needs an access token.",
    "authentication_failed": "The credentials are not accepted.",
    "method_not_allowed": "This method is not allowed here.",
    "not_acceptable": "The answer is JSON only; the Accept header excludes it.",
    "unsupported_media_type": "This Content-Type is not supported here.",
    "throttled": "Too many requests.",
}


def _flatten(detail: Any, path: str = "") -> list[dict[str, str]]:
    """DRF's nested error details as a flat list; `items.0.name` is the path, empty for the body as a whole."""
    if isinstance(detail, dict):
        items = list(detail.items())
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        items = list(enumerate(detail))
    elif isinstance(detail, list):
        return [error for item in detail for error in _flatten(item, path)]
    else:
        return [{"field": path, "code": str(getattr(detail, "code", "invalid")), "detail": str(detail)}]
    found = []
    for key, value in items:
        own = "" if key == "non_field_errors" else str(key)
        found += _flatten(value, ".".join(part for part in (path, own) if part))
    return found


def _of_drf(error: drf.APIException) -> Problem:
    if isinstance(error, drf.ValidationError):
        return ValidationFailed(errors=_flatten(error.detail))
    if isinstance(error, drf.ParseError):
        return ParseFailed()
    if isinstance(error, drf.NotFound):
        return NotFound()
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(error, drf.PermissionDenied):
        return PermissionDenied(headers=headers)
    code = str(error.default_code)
    title = _DRF_TITLES.get(code, "The request cannot be served.")
    return define("ApiProblem", error.status_code, code, title)(headers=headers)


def of_exception(error: BaseException) -> Problem:
    """The problem that tells a client about any exception; what is unknown becomes `internal_error` without details."""
    match error:
        case Problem():
            return error
        case drf.APIException():
            return _of_drf(error)
        case Http404():
            return NotFound()
        case core.PermissionDenied():
            return PermissionDenied()
        case core.RequestDataTooBig():
            return BodyTooLarge()
        case core.DisallowedHost():
            return InvalidHost()
        case core.SuspiciousOperation() | core.BadRequest() | UnreadablePostError():
            return BadRequest()
        case OperationalError() | InterfaceError():
            return DatabaseUnavailable(headers={"Retry-After": RETRY_AFTER_DATABASE})
        case _:
            return Problem()


def problem_response(problem: Problem) -> HttpResponse:
    """The finished HTTP answer; needs no renderer, so that it works in middleware and for any Accept header."""
    response = HttpResponse(dump_json(problem.body()), status=problem.status, content_type=CONTENT_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's `EXCEPTION_HANDLER`: every exception becomes a problem; the 5xx ones are logged with their traceback."""
    problem = of_exception(error)
    if problem.status >= 500:
        view = type(context.get("view")).__name__
        logger.error("%s in %s", problem.code, view, exc_info=error)

    return problem_response(problem)


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """URLconf's `handler400`: a suspicious operation or an unknown Host."""
    return problem_response(of_exception(exception))


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """URLconf's `handler403`."""
    return problem_response(PermissionDenied())


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """URLconf's `handler404`: no route."""
    return problem_response(NotFound())


def handler500(request: HttpRequest) -> HttpResponse:
    """URLconf's `handler500`, called while Django handles the exception, which it has logged. No database is 503."""
    error = sys.exc_info()[1]
    return problem_response(of_exception(error) if isinstance(error, OperationalError | InterfaceError) else Problem())
