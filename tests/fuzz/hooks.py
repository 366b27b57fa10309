"""Loaded by schemathesis (SCHEMATHESIS_HOOKS): signs in, sends what only a client can know, records every answer."""

import os
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import requests
import schemathesis
import urllib3
from schemathesis.core.parameters import ParameterLocation

from tests.fuzz.cast import Record

AUTH = os.environ["FUZZ_AUTH_URL"]
USERNAME = os.environ["FUZZ_USERNAME"]
PASSWORD = os.environ["FUZZ_PASSWORD"]
RECORD = Record(Path(os.environ["FUZZ_RECORD"]))
# gunicorn answers longer request lines by itself, and in HTML; in production nginx does before it.
MOST_CHARACTERS = 4000
# Not the address from which wrong passwords are tried: sign-in would make it wait ever longer.
_SIGN_IN = urllib3.PoolManager(source_address=("127.0.0.2", 0))

if USERNAME:

    @schemathesis.auth(refresh_interval=200)
    class Bearer:
        """An access token of the account; schemathesis asks for another after a 401."""

        def get(self, case: Any, context: Any) -> str:
            body = {"username": USERNAME, "password": PASSWORD}
            answer = _SIGN_IN.request("POST", f"{AUTH}/api/v1/token/", json=body)
            return str(answer.json()["access"])

        def set(self, case: Any, data: str, context: Any) -> None:
            case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Whether the request line is short enough to reach the service."""
    query = urlencode(case.query or {}, doseq=True) if isinstance(case.query, dict) else ""
    path = "".join(quote(str(value)) for value in (case.path_parameters or {}).values())
    return len(query) + len(path) + len(case.operation.path) < MOST_CHARACTERS


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """A fresh key and the current version, as a client sends them, where the case is not about nonsense headers."""
    if case.meta is not None and case.meta.is_negative_at(ParameterLocation.HEADER):
        return
    wanted = {parameter.name for parameter in case.operation.headers}
    if "Idempotency-Key" in wanted:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if "If-Match" in wanted:
        url = f"{case.operation.base_url}{case.formatted_path}"
        current = requests.get(url, headers={"Authorization": case.headers.get("Authorization", "")}, timeout=30)
        case.headers["If-Match"] = current.headers.get("ETag", '"1"')


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Operation, status, and the code of a problem."""
    code = ""
    if response.status_code >= 400:
        try:
            code = str(response.json().get("code", ""))
        except (ValueError, AttributeError):
            code = "(no problem)"
    # The checks try other methods than the schema's on the same path; those answers are not the operation's.
    sent = response.request.method or case.method
    RECORD.add(f"{sent} {case.operation.path}", response.status_code, code)
