"""Personal access tokens: made by the account's owner, exchanged by scripts for short access tokens."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from eventbus import jobs
from users.client_info import ClientInfo
from users.errors import PasswordWrong, PersonalTokenInvalid, TooManyPersonalTokens
from users.models import PersonalAccessToken, User
from users.selectors.people import role_names
from users.selectors.sessions import personal_token_list
from users.services import throttle
from users.services.audit import audit_record
from users.services.links import new_token, token_digest
from users.services.reauthentication import owner_check
from users.services.second_factor import Proof
from users.tokens import AccessToken, access_token

# A prefix by which scanners of repositories know what they have found.
PREFIX = "tts_pat_"
MAX_PER_USER = 50


def personal_token_create(
    *,
    user_id: UUID,
    password: str,
    proof: Proof,
    name: str,
    scopes: list[str],
    expires_in_days: int,
    client: ClientInfo,
) -> tuple[PersonalAccessToken, str]:
    """A new token and its text, which is known nowhere else; the owner is told by mail.

    Raises TooManyPersonalTokens, and as `owner_check`.
    """
    user = User.objects.get(pk=user_id)
    owner_check(user=user, password=password, proof=proof, client=client)
    text = f"{PREFIX}{new_token()}"
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user_id)
        if locked.token_version != user.token_version or not locked.is_active:
            raise PasswordWrong  # it was changed, or the account closed, during the check
        if personal_token_list(user_id=user_id).count() >= MAX_PER_USER:
            raise TooManyPersonalTokens
        token = PersonalAccessToken.objects.create(
            user=user,
            name=name,
            scopes=sorted(set(scopes)),
            token_hash=token_digest(text),
            expires_at=timezone.now() + timedelta(days=expires_in_days),
        )
        audit_record(
            event="personal_token_created",
            user_id=user_id,
            client=client,
            detail={"token_id": str(token.pk), "scopes": token.scopes},
        )
        jobs.enqueue("security_notice", {"user_id": str(user_id), "notice": "personal_token_created"})
    return token, text


def personal_token_exchange(*, token: str, client: ClientInfo) -> tuple[str, int]:
    """A short access token with the owner's present roles and the token's scopes, and its life in seconds.

    Raises PersonalTokenInvalid, TooManyAttempts. Attempts are counted by address: a token cannot be guessed, but each
    refusal costs a row of the audit log.
    """
    subject = throttle.Subject(f"personal-token:{client.network}", free=50)
    throttle.admit(subject)
    found = PersonalAccessToken.objects.select_related("user").filter(token_hash=token_digest(token)).first()
    now = timezone.now()
    if found is None or found.revoked_at or found.expires_at <= now or not found.user.is_active:
        audit_record(event="personal_token_refused", user_id=found.user_id if found else None, client=client)
        raise PersonalTokenInvalid
    throttle.settle(forgiven=subject)
    PersonalAccessToken.objects.filter(pk=found.pk).update(last_used_at=now)
    audit_record(event="personal_token_used", user_id=found.user_id, client=client, detail={"token_id": str(found.pk)})
    access = access_token(user=found.user, session_id=found.pk, roles=role_names(found.user_id), scopes=found.scopes)
    return access, int(AccessToken.lifetime.total_seconds())


def personal_token_revoke(*, token: PersonalAccessToken) -> None:
    """Ends one; its access token opens nothing at auth, and elsewhere for its ten minutes."""
    with transaction.atomic():
        if PersonalAccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            audit_record(event="personal_token_revoked", user_id=token.user_id, detail={"token_id": str(token.pk)})


def personal_tokens_revoke(*, user: User) -> int:
    """Ends all of the user's; returns how many."""
    return PersonalAccessToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


def personal_tokens_purge() -> int:
    """Deletes those that have been over for a month; returns how many."""
    return PersonalAccessToken.objects.filter(expires_at__lt=timezone.now() - timedelta(days=30)).delete()[0]
