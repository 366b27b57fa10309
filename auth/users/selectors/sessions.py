"""Reading sessions."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from jwtauth.principal import Principal
from users.models import Passkey, PersonalAccessToken, RecoveryCode, ServiceClient, Session


def session_list(*, user_id: UUID) -> QuerySet[Session]:
    """The user's sessions that are alive."""
    return Session.objects.filter(user_id=user_id, revoked_at=None, expires_at__gt=timezone.now())


def personal_token_list(*, user_id: UUID) -> QuerySet[PersonalAccessToken]:
    """The user's personal access tokens that are good."""
    return PersonalAccessToken.objects.filter(user_id=user_id, revoked_at=None, expires_at__gt=timezone.now())


def passkey_list(*, user_id: UUID) -> QuerySet[Passkey]:
    """The user's passkeys."""
    return Passkey.objects.filter(user_id=user_id)


def recovery_codes_left(*, user_id: UUID) -> int:
    """How many have not been used."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def is_revoked(principal: Principal) -> bool:
    """JWTAUTH's REVOCATION_CHECK here: auth asks its own tables, so that a change holds with the next request.

    One query. A user's session, or their script's token, must be alive and theirs, the user active and
    their token version reached.
    """
    if principal.session_id is None:
        return not ServiceClient.objects.filter(pk=principal.id, is_active=True).exists()
    held = PersonalAccessToken if principal.is_delegated else Session
    return not held.objects.filter(
        pk=principal.session_id,
        user_id=principal.id,
        revoked_at=None,
        expires_at__gt=timezone.now(),
        user__is_active=True,
        user__token_version__lte=principal.token_version,
    ).exists()
