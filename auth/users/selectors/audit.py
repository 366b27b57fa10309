"""Reading the audit log, and why somebody may do what a role allows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from users.models import AuditEntry, Role, RoleAssignment, User


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; what is None is no condition."""

    user: UUID | None = None
    actor: UUID | None = None
    event: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One fact that decides; `at` and `by` say when it came about and through whom, as far as the audit log knows."""

    code: str
    detail: str
    at: datetime | None = None
    by: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether the user may do what the role allows, and all the reasons."""

    user: UUID
    role: str
    allowed: bool
    reasons: list[Reason] = field(default_factory=list)


def audit_list(wanted: AuditFilter) -> QuerySet[AuditEntry]:
    """The entries that meet every condition, each with its user's present name."""
    conditions = {
        "user_id": wanted.user,
        "actor__id": str(wanted.actor) if wanted.actor else None,
        "event": wanted.event,
        "request_id": wanted.request_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    asked = {name: value for name, value in conditions.items() if value is not None}
    names = User.objects.filter(pk=OuterRef("user_id")).values("name")
    return AuditEntry.objects.filter(**asked).annotate(user_name=Subquery(names))


def explain(*, user: User, role: Role) -> Explanation:
    """Why the user may do what `role` allows, or why not."""
    name = str(role)
    held = RoleAssignment.objects.filter(user=user, role=role, is_active=True).exists()
    reasons = []
    if not user.is_active:
        reasons.append(_said(user, f"account_{user.state}", f"The account is {user.state}: it may do nothing.", CLOSED))
    if user.is_superuser:
        reasons.append(Reason(code="superuser", detail="A superuser may do what any role allows."))
    if held:
        reasons.append(_said(user, "role_held", f"The user holds {name}.", Q(event="role_assigned", detail__role=name)))
    else:
        gone = Q(event="role_withdrawn", detail__role=name)
        reasons.append(_said(user, "role_not_held", f"The user does not hold {name}.", gone))
    if not role.is_active:
        reasons.append(Reason(code="role_retired", detail=f"{name} has been retired: it allows nothing."))
    allowed = user.is_active and (user.is_superuser or (held and role.is_active))
    return Explanation(user=user.pk, role=name, allowed=allowed, reasons=reasons)


CLOSED = Q(event__in=["user_deactivated", "user_suspended"])


def _said(user: User, code: str, detail: str, which: Q) -> Reason:
    """A reason with the audit log's latest word on it; a role held from the start came with the account."""
    if code == "role_held":
        which |= Q(event="user_created")
    entry = AuditEntry.objects.filter(which, user_id=user.pk).order_by("-id").first()
    return Reason(code=code, detail=detail, at=entry.at if entry else None, by=entry.actor if entry else None)
