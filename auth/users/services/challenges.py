"""Between the password and the code: a challenge that nothing but the second step accepts."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from users.client_info import ClientInfo
from users.errors import ChallengeInvalid
from users.models import SignInChallenge, User
from users.services.audit import audit_record
from users.services.sessions import TokenPair, session_start
from users.services.totp import second_factor_check

LIFE = timedelta(minutes=5)
TRIES = 5


@dataclass(frozen=True, slots=True)
class Challenge:
    """An opaque token, and the seconds within which a code must follow."""

    token: str
    expires_in: int


def challenge_start(*, user: User, client: ClientInfo) -> Challenge:
    """The password was right: what to send the code with."""
    token = secrets.token_urlsafe(32)
    SignInChallenge.objects.create(
        user=user, token_hash=_digest(token), token_version=user.token_version, expires_at=timezone.now() + LIFE
    )
    audit_record(event="sign_in_challenged", user_id=user.pk, client=client)
    return Challenge(token, int(LIFE.total_seconds()))


def challenge_answer(*, token: str, code: str, client: ClientInfo) -> TokenPair:
    """Begins a session for a challenge and a code. Five tries; each is counted before it is looked at.

    Raises ChallengeInvalid, CodeWrong, TooManyAttempts.
    """
    now = timezone.now()
    open_ones = SignInChallenge.objects.filter(token_hash=_digest(token), used_at=None, expires_at__gt=now)
    if not open_ones.filter(attempts__lt=TRIES).update(attempts=F("attempts") + 1):
        raise ChallengeInvalid
    challenge = open_ones.select_related("user").first()
    if challenge is None:
        raise ChallengeInvalid
    second_factor_check(user_id=challenge.user_id, code=code, client=client)
    with transaction.atomic():
        # Compare-and-swap: a deactivation or a new password since the password step wins.
        unchanged = User.objects.filter(
            pk=challenge.user_id, is_active=True, token_version=challenge.token_version
        ).update(last_login=now)
        if not unchanged or not open_ones.update(used_at=now):
            raise ChallengeInvalid
        audit_record(event="sign_in", user_id=challenge.user_id, client=client, detail={"second_factor": True})
        return session_start(user=challenge.user, client=client)


def challenges_purge() -> int:
    """Deletes challenges that have expired; returns how many."""
    return SignInChallenge.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
