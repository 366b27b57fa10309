"""Assertions about error answers."""

import json
from typing import Any

from servicekit.problems import CONTENT_TYPE
from servicekit.testing.events import validator


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The answer is a problem of this status and code, as contracts/problem.schema.json says; its body is returned."""
    text = response.content.decode("utf-8", "replace")
    if response.status_code != status:
        raise AssertionError(f"{status} expected, got {response.status_code}: {text[:500]}")
    if response["Content-Type"] != CONTENT_TYPE:
        raise AssertionError(f"{CONTENT_TYPE} expected, got {response['Content-Type']}")
    body: dict[str, Any] = json.loads(text)
    errors = [f"{error.json_path}: {error.message}" for error in validator("problem.schema.json").iter_errors(body)]
    if errors:
        raise AssertionError(f"not a problem of the contract: {errors}")
    if (body["status"], body["code"]) != (status, code):
        raise AssertionError(f"{status} {code} expected, got {body['status']} {body['code']}")
    return body
