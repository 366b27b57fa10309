"""Writing the audit log."""

from typing import Any
from uuid import UUID

from jsonlog import context
from users.client_info import ClientInfo
from users.errors import NotAdministered
from users.models import AuditEntry


def audit_record(
    *, event: str, user_id: UUID | None = None, client: ClientInfo | None = None, detail: dict[str, Any] | None = None
) -> AuditEntry:
    """Stores that `event` happened to the user; the actor and the request id are those of the running request."""
    client = client or ClientInfo()
    return AuditEntry.objects.create(
        event=event,
        user_id=user_id,
        actor=context.actor(),
        address=client.address,
        user_agent=client.user_agent,
        request_id=context.request_id() or "",
        detail=detail or {},
    )


def refusal_record(*, error: BaseException, client: ClientInfo, path: str) -> AuditEntry:
    """Stores that the actor of the running request was refused something that only others may do (ASVS 16.3.2)."""
    known = error if isinstance(error, NotAdministered) else NotAdministered()
    detail = {**known.about, "path": path[:200]}
    return audit_record(event="administration_refused", user_id=known.user_id, client=client, detail=detail)
