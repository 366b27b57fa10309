"""Which tokens have been revoked since they were issued."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jwtauth.models import Revocation
from jwtauth.principal import Principal


def is_revoked(principal: Principal) -> bool:
    """Whether the user's tokens of this version have been revoked; one indexed query. Services' tokens just expire."""
    if not principal.is_user:
        return False
    return Revocation.objects.filter(pk=principal.id, min_token_version__gt=principal.token_version).exists()


def revoke_below(*, user_id: UUID, token_version: int) -> None:
    """Refuses the user's tokens below this version from now on; never lowers an earlier call's."""
    values = {"min_token_version": token_version, "revoked_at": timezone.now()}
    with transaction.atomic():
        _, created = Revocation.objects.get_or_create(user_id=user_id, defaults=values)
        if not created:
            Revocation.objects.filter(user_id=user_id, min_token_version__lt=token_version).update(**values)
