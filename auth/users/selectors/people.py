"""Reading people."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from users.models import RoleAssignment, User
from users.models.people import normalize_email, normalize_username

EMPLOYEE = "hdts:employee"


def user_by_login(text: str) -> User | None:
    """The user whose name or e-mail address was typed, active or not; names hold no "@", so that one query tells."""
    name = normalize_username(text)  # before the sign is looked for: NFKC makes an "@" of others
    if "@" in name:
        return User.objects.filter(email=normalize_email(text)).first()
    return User.objects.filter(username=name).first()


def role_names(user_id: UUID) -> list[str]:
    """The user's present roles as sorted `system:slug`; one query."""
    rows = RoleAssignment.objects.filter(user_id=user_id, is_active=True, role__is_active=True)
    return sorted(f"{system}:{slug}" for system, slug in rows.values_list("role__system__slug", "role__slug"))


def with_roles(users: QuerySet[User]) -> QuerySet[User]:
    """The same users with what `loaded_role_names` reads; one query more for all of them."""
    return users.prefetch_related(Prefetch("assignments", RoleAssignment.objects.select_related("role__system")))


def loaded_role_names(user: User) -> list[str]:
    """As `role_names`, for users of `with_roles`; no query."""
    return sorted(str(held.role) for held in user.assignments.all() if held.is_active and held.role.is_active)
