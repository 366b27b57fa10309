"""`Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a repeated request has one effect.

The effect and its stored answer share one transaction: after a crash either both are there or neither is, so that a
client may always send the request again.
"""

import functools
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from servicekit.models import IdempotencyRecord
from servicekit.problems import Problem
from servicekit.renderers import dump_json

KEEP = timedelta(hours=24)
KEY = re.compile(r"[\x20-\x7e]{1,255}")

ViewMethod = Callable[..., HttpResponse | Response]


class InvalidKey(Problem):
    status, code, title = 400, "invalid_idempotency_key", "An Idempotency-Key has 1 to 255 printable ASCII characters."


class KeyReused(Problem):
    status, code, title = 422, "idempotency_key_reused", "This Idempotency-Key was used with another body."


class KeyInUse(Problem):
    status, code, title = 409, "idempotency_key_in_use", "A request with this Idempotency-Key is still running."


def idempotent(method: ViewMethod) -> ViewMethod:
    """Make a view's `post` (or any other method) obey `Idempotency-Key`. It runs in one transaction, with or without.

    A repetition gets the stored 2xx answer with `Idempotency-Replayed: true`, after `self.check_replay(request, *args,
    **kwargs)` if the view has it, otherwise after `self.get_object()` where the route has its lookup: the caller may
    have lost access since. Raises `InvalidKey` (400), `KeyInUse` (409), `KeyReused` (422). A key counts per principal,
    method and path, for 24 hours. What is answered with an error is rolled back and not stored.
    """

    @functools.wraps(method)
    def run(self: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse | Response:
        key = request.headers.get("Idempotency-Key")
        principal = getattr(request.user, "pk", None)
        if key is None or principal is None:
            with transaction.atomic():
                return _rolled_back_on_error(method(self, request, *args, **kwargs))
        if not KEY.fullmatch(key):
            raise InvalidKey
        scope = _sha256(str(principal), str(request.method), request.path, key)
        body_hash = _body_hash(request)
        with transaction.atomic():
            _lock(scope)
            record = IdempotencyRecord.objects.filter(pk=scope).first()
            if record and record.created_at > timezone.now() - KEEP:
                if record.body_hash != body_hash:
                    raise KeyReused
                _check_access(self, request, args, kwargs)
                return _replay(record)
            if record:
                record.delete()
            response = _rolled_back_on_error(method(self, request, *args, **kwargs))
            if response.status_code < 300:
                _store(scope, body_hash, response)
            return response

    run.takes_idempotency_key = True  # type: ignore[attr-defined] # servicekit.openapi documents the header by it
    return run


def purge(older_than: timedelta = KEEP) -> int:
    """Delete the records that no request can meet any more; the number of them. For a service's ticker."""
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - older_than).delete()
    return deleted


def _sha256(*parts: str) -> str:
    # JSON keeps the parts apart: ("a", "bc") is not ("ab", "c").
    return hashlib.sha256(dump_json(parts)).hexdigest()


def _lock(scope: str) -> None:
    """One request per key at a time, without waiting. SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(bytes.fromhex(scope[:16]), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (locked,) = cursor.fetchone()
    if not locked:
        raise KeyInUse(headers={"Retry-After": "1"})


def _body_hash(request: Request) -> str:
    """SHA-256 of the raw body; of a multipart one, whose boundary changes with each try, of its fields and files."""
    if not (request.content_type or "").startswith("multipart/"):
        return hashlib.sha256(request._request.body).hexdigest()
    fields = sorted(request.POST.lists())
    files = sorted((name, [(file.name, _file_hash(file)) for file in values]) for name, values in request.FILES.lists())
    return hashlib.sha256(dump_json([fields, files])).hexdigest()


def _file_hash(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _check_access(view: Any, request: Request, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if hasattr(view, "check_replay"):
        view.check_replay(request, *args, **kwargs)
    elif hasattr(view, "get_object") and (view.lookup_url_kwarg or view.lookup_field) in kwargs:
        view.get_object()


def _rolled_back_on_error(response: HttpResponse | Response) -> HttpResponse | Response:
    if response.status_code >= 400:
        transaction.set_rollback(True)
    return response


def _store(scope: str, body_hash: str, response: HttpResponse | Response) -> None:
    if isinstance(response, Response):
        body = b"" if response.data is None else dump_json(response.data)
    else:
        body = response.content
    headers = {name: value for name, value in response.items() if name.lower() != "content-type"}
    IdempotencyRecord.objects.create(
        scope=scope, body_hash=body_hash, status=response.status_code, headers=headers, body=body
    )


def _replay(record: IdempotencyRecord) -> HttpResponse:
    response = HttpResponse(bytes(record.body), status=record.status, content_type="application/json")
    for name, value in record.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response
