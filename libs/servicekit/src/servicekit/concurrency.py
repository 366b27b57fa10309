"""Optimistic concurrency by `ETag` and `If-Match` (RFC 9110, section 13): the tag is the aggregate's version."""

from django.http import HttpRequest
from django.utils.http import parse_etags
from rest_framework.request import Request

from servicekit.problems import Problem


class PreconditionRequired(Problem):
    """RFC 6585: the client must say which version it has seen."""

    status, code, title = 428, "precondition_required", "Send the version that this change is based on in If-Match."


class PreconditionFailed(Problem):
    status, code, title = 412, "precondition_failed", "Someone else has changed this in the meantime; read it again."


def etag(version: int) -> str:
    """`"7"` with its quotes, for the `ETag` header of an answer."""
    return f'"{version}"'


def require_match(request: Request | HttpRequest, version: int) -> None:
    """Raise `PreconditionRequired` (428) without `If-Match`, `PreconditionFailed` (412) when it names another version.

    Call it on the locked row. Weak tags never match (If-Match compares strongly); `*` matches whatever is there.
    """
    header = request.headers.get("If-Match", "")
    if not header.strip():
        raise PreconditionRequired
    if header.strip() != "*" and etag(version) not in parse_etags(header):
        raise PreconditionFailed(headers={"ETag": etag(version)})
