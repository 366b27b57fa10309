"""Reading systems."""

from django.db.models import Prefetch, QuerySet

from users.models import Role, System


def system_list() -> QuerySet[System]:
    """All systems with their active roles; two queries."""
    roles = Role.objects.filter(is_active=True).order_by("slug")
    return System.objects.prefetch_related(Prefetch("roles", roles))


def role_list() -> QuerySet[Role]:
    """All roles, retired ones too; one query."""
    return Role.objects.select_related("system")
