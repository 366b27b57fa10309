"""Reading systems."""

from django.db.models import Prefetch, QuerySet

from users.models import Role, System


def system_list() -> QuerySet[System]:
    """All systems with their active roles; two queries."""
    roles = Role.objects.filter(is_active=True).order_by("slug")
    return System.objects.prefetch_related(Prefetch("roles", roles))
