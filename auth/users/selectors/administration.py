"""Who administers whom and what. An admin is who holds the role `admin` of a system; a superuser is one of all."""

from django.db.models import Q, QuerySet

from jwtauth.principal import Principal
from users.models import RoleAssignment, User
from users.selectors.people import EMPLOYEE, role_names, with_roles

ADMIN = ":admin"


def administered_systems(viewer: Principal) -> set[str]:
    """The slugs of the systems that the viewer's roles make them an admin of; a superuser needs no role for it."""
    return {name.removesuffix(ADMIN) for name in viewer.roles if name.endswith(ADMIN)}


def administers_system(by: Principal, system: str) -> bool:
    """Whether `by` may grant the system's roles and change them."""
    return by.has_role(f"{system}{ADMIN}")


def administers_user(by: Principal, user: User) -> bool:
    """Whether `by` may change and close the account: a superuser every one, tts's admins all but superusers.

    Another system's admins those who hold no role elsewhere, and hdts's only who is an Employee and no more.
    """
    if by.is_superuser or user.is_superuser:
        return by.is_superuser
    if by.has_role("tts:admin"):
        return True
    held = role_names(user.pk)
    return bool(held) and all(_is_theirs(by, role) for role in held)


def user_list(*, viewer: Principal) -> QuerySet[User]:
    """The people whom the viewer may see: staff of tts everyone, an admin those with a role of theirs, others nobody.

    For hdts's admins that role is Employee.
    """
    users = with_roles(User.objects.all())
    if viewer.is_staff:
        return users
    systems = administered_systems(viewer)
    held = Q(role__system__slug__in=systems - {"hdts"})
    if "hdts" in systems:
        held |= Q(role__system__slug="hdts", role__slug="employee")
    return users.filter(id__in=RoleAssignment.objects.filter(held, is_active=True).values("user_id"))


def role_assignment_list(*, viewer: Principal) -> QuerySet[RoleAssignment]:
    """The roles that are held in the systems that the viewer administers."""
    rows = RoleAssignment.objects.filter(is_active=True).select_related("role__system")
    if viewer.is_superuser:
        return rows
    return rows.filter(role__system__slug__in=administered_systems(viewer))


def _is_theirs(by: Principal, role: str) -> bool:
    system = role.partition(":")[0]
    return administers_system(by, system) and (system != "hdts" or role == EMPLOYEE)
