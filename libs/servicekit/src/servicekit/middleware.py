"""Refuses what no view should have to think about: undecodable text, NUL bytes, bodies without a bound."""

import re
import time
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from servicekit.problems import BadRequest, BodyTooLarge, LengthRequired, Problem, problem_response

MIB = 1024 * 1024
DEFAULT_MAX_BODY_BYTES = MIB
DEFAULT_MAX_UPLOAD_BYTES = 26 * MIB
DRAIN_BYTES = 64 * MIB
DRAIN_SECONDS = 10.0
CHUNK = 64 * 1024
# Django leaves the bytes of a path that are no UTF-8 as escapes (django.utils.encoding.repercent_broken_unicode).
UNDECODED = re.compile("%[89A-F][0-9A-F]")


def _is_clean(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _body_limit(request: HttpRequest) -> int:
    """Bytes; only multipart bodies, which are parsed in a stream, may be large."""
    if (request.content_type or "").startswith("multipart/"):
        return int(getattr(settings, "MAX_UPLOAD_BYTES", DEFAULT_MAX_UPLOAD_BYTES))
    return int(getattr(settings, "MAX_BODY_BYTES", DEFAULT_MAX_BODY_BYTES))


def _drain(request: HttpRequest) -> None:
    """Read a refused body away: a client that is still sending would otherwise see a reset instead of the answer."""
    left, deadline = DRAIN_BYTES, time.monotonic() + DRAIN_SECONDS
    while left > 0 and time.monotonic() < deadline:
        chunk = request.read(min(CHUNK, left))
        if not chunk:
            return
        left -= len(chunk)


def _refusal(request: HttpRequest) -> Problem | None:
    query = request.META.get("QUERY_STRING", "")
    if "\0" in request.path_info or UNDECODED.search(request.path_info):
        return BadRequest("The path is not UTF-8 text.")
    if query and not _is_clean(unquote_to_bytes(query)):
        return BadRequest("The query is not UTF-8 text.")
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return LengthRequired()
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        return BadRequest("Content-Length is not a number.")
    limit = _body_limit(request)
    if int(length) > limit:
        _drain(request)
        return BodyTooLarge(f"At most {limit} bytes are taken here.")
    return None


class RequestGuardMiddleware:
    """Answers a 4xx problem before any view, parser or database query sees the request.

    Settings: `MAX_BODY_BYTES` (1 MiB), `MAX_UPLOAD_BYTES` for multipart (26 MiB: a 25 MiB file and its envelope).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse | HttpResponseBase:
        refusal = _refusal(request)
        return problem_response(refusal) if refusal else self.get_response(request)
