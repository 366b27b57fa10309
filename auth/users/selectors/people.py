"""Reading people."""

from functools import reduce
from operator import or_
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from users.models import Role, RoleAssignment, User
from users.models.people import normalize_email, normalize_username

EMPLOYEE = "hdts:employee"

# By hand: every token needs it, and the ORM's compiler took ten times as long (bench/http_cost.py).
_ROLES = """
SELECT system.slug, role.slug FROM users_roleassignment AS held
JOIN users_role AS role ON role.id = held.role_id
JOIN users_system AS system ON system.id = role.system_id
WHERE held.user_id = %s AND held.is_active AND role.is_active
"""


def user_by_login(text: str) -> User | None:
    """The user whose name or e-mail address was typed, active or not, with their device, if any.

    Names hold no "@", so that one query tells.
    """
    name = normalize_username(text)  # before the sign is looked for: NFKC makes an "@" of others
    known = {"email": normalize_email(text)} if "@" in name else {"username": name}
    return next(iter(User.objects.select_related("totp_device").filter(**known)), None)


def user_search(users: QuerySet[User], *, q: str = "", role: Role | None = None, state: str = "") -> QuerySet[User]:
    """Of these, who has `q` in their name, user name, address or department, holds the role, and is in the state."""
    if q:
        fields = ("name", "username", "email", "department")
        users = users.filter(reduce(or_, (Q(**{f"{field}__icontains": q}) for field in fields)))
    if role is not None:
        holders = RoleAssignment.objects.filter(role=role, is_active=True)
        users = users.filter(pk__in=holders.values("user_id"))
    suspended = Q(is_active=False, inactive_reason=User.InactiveReason.SUSPENDED)
    states = {"active": Q(is_active=True), "suspended": suspended, "deactivated": Q(is_active=False) & ~suspended}
    return users.filter(states.get(state, Q()))


def role_names(user_id: UUID) -> list[str]:
    """The user's present roles as sorted `system:slug`; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLES, [User._meta.pk.get_db_prep_value(user_id, connection)])
        return sorted(f"{system}:{slug}" for system, slug in cursor.fetchall())


def with_roles(users: QuerySet[User]) -> QuerySet[User]:
    """The same users with what `loaded_role_names` reads; one query more for all of them."""
    return users.prefetch_related(Prefetch("assignments", RoleAssignment.objects.select_related("role__system")))


def loaded_role_names(user: User) -> list[str]:
    """As `role_names`, for users of `with_roles`; no query."""
    return sorted(str(held.role) for held in user.assignments.all() if held.is_active and held.role.is_active)
