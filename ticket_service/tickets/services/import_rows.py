"""One row of an import: filed as any ticket is filed, or refused with every reason."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from rest_framework.exceptions import ValidationError

from jwtauth.models import Person
from jwtauth.principal import Principal
from servicekit.problems import Problem, of_exception
from tickets import import_format
from tickets.forms import TicketNewInput
from tickets.services.filing import ticket_file

Errors = list[dict[str, str]]


def row_file(*, actor: Principal, cells: Mapping[str, str], keep: bool) -> Errors:
    """Files the row's ticket, or only tries to unless `keep`; answers `{"field", "code", "detail"}` for each fault."""
    if "" in cells:
        return [_error("", "too_many_cells", f"The row has {cells['']}.")]
    try:
        given = import_format.fields(cells)
        given |= _requester(cells.get("requester_email", "").strip())
        form = TicketNewInput(data=given)
        form.is_valid(raise_exception=True)
        with transaction.atomic():
            ticket_file(actor=actor, **form.validated_data)
            transaction.set_rollback(not keep)
    except _UnknownEmail:
        return [_error("requester_email", "requester_unknown", "Nobody who is active has this address.")]
    except ValueError as error:
        return [_error(str(error), "invalid", "This is no JSON.")]
    except (Problem, ValidationError) as error:
        problem = of_exception(error)
        return [dict(entry) for entry in problem.errors] or [_error("", problem.code, problem.detail or problem.title)]
    return []


class _UnknownEmail(Exception):
    """No active person has the address."""


def _requester(email: str) -> dict[str, Any]:
    if not email:
        return {}
    found = Person.objects.filter(email__iexact=email, is_active=True).values_list("pk", flat=True)[:2]
    if len(found) != 1:
        raise _UnknownEmail
    return {"requester_id": str(found[0])}


def _error(field: str, code: str, detail: str) -> dict[str, str]:
    return {"field": field, "code": code, "detail": detail}
