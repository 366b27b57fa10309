"""Every refusal of somebody who is signed in goes into the audit log, after the transaction that it undid."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from jwtauth.principal import Principal
from servicekit import problems
from users.client_info import client_info
from users.errors import NotAdministered
from users.services.audit import refusal_record


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's EXCEPTION_HANDLER here: servicekit's, and a refusal is written down."""
    request: Request | None = context.get("request")
    if request is not None and isinstance(error, PermissionDenied | NotAdministered):
        caller: object = request.user
        if isinstance(caller, Principal):
            refusal_record(error=error, client=client_info(request), path=request.path)
    return problems.exception_handler(error, context)
