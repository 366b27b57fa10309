"""Between the password and the second factor: a challenge that nothing but the second step accepts."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from users.client_info import ClientInfo
from users.errors import ChallengeInvalid, PasskeysOff
from users.models import PasskeyChallenge, SignInChallenge, User
from users.services.audit import audit_record
from users.services.ceremonies import Assertion, Options, assertion_options, assertion_verify
from users.services.second_factor import Method, methods_owed, second_factor_check
from users.services.sessions import TokenPair, session_start

LIFE = timedelta(minutes=5)
TRIES = 5


@dataclass(frozen=True, slots=True)
class Challenge:
    """An opaque token, the seconds within which the second factor must follow, and which there are to choose from."""

    token: str
    expires_in: int
    methods: list[Method]


def challenge_start(*, user: User, client: ClientInfo) -> Challenge:
    """The password was right: what to send the second factor with."""
    token = secrets.token_urlsafe(32)
    SignInChallenge.objects.create(
        user=user, token_hash=_digest(token), token_version=user.token_version, expires_at=timezone.now() + LIFE
    )
    audit_record(event="sign_in_challenged", user_id=user.pk, client=client)
    return Challenge(token, int(LIFE.total_seconds()), methods_owed(user))


def challenge_answer(*, token: str, answer: str | Assertion, client: ClientInfo) -> TokenPair:
    """Begins a session for a challenge and a code or a passkey's signature.

    Five tries; each is counted before it is looked at. Raises ChallengeInvalid, CodeWrong, PasskeyWrong,
    TooManyAttempts.
    """
    now = timezone.now()
    open_ones = _open(token)
    if not open_ones.filter(attempts__lt=TRIES).update(attempts=F("attempts") + 1):
        raise ChallengeInvalid
    challenge = open_ones.select_related("user").first()
    if challenge is None:
        raise ChallengeInvalid
    _check(challenge, answer, client)
    with transaction.atomic():
        # Compare-and-swap: a deactivation or a new password since the password step wins.
        unchanged = User.objects.filter(
            pk=challenge.user_id, is_active=True, token_version=challenge.token_version
        ).update(last_login=now)
        if not unchanged or not open_ones.update(used_at=now):
            raise ChallengeInvalid
        audit_record(event="sign_in", user_id=challenge.user_id, client=client, detail={"second_factor": True})
        return session_start(user=challenge.user, client=client)


def challenge_passkey_begin(*, token: str, client: ClientInfo) -> Options:
    """What a passkey of whose challenge this is has to sign. Raises ChallengeInvalid, PasskeysOff, TooManyAttempts."""
    challenge = _open(token).filter(attempts__lt=TRIES).select_related("user").first()
    if challenge is None:
        raise ChallengeInvalid
    if not challenge.user.has_passkey:
        raise PasskeysOff
    purpose = PasskeyChallenge.Purpose.SECOND_FACTOR
    return assertion_options(purpose=purpose, client=client, user_id=challenge.user_id, bound_to=challenge.pk)


def challenges_purge() -> int:
    """Deletes challenges that have expired; returns how many."""
    return SignInChallenge.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _open(token: str) -> QuerySet[SignInChallenge]:
    return SignInChallenge.objects.filter(token_hash=_digest(token), used_at=None, expires_at__gt=timezone.now())


def _check(challenge: SignInChallenge, answer: str | Assertion, client: ClientInfo) -> None:
    if isinstance(answer, str):
        second_factor_check(user_id=challenge.user_id, code=answer, client=client)
        return
    purpose = PasskeyChallenge.Purpose.SECOND_FACTOR
    assertion_verify(assertion=answer, purpose=purpose, user_id=challenge.user_id, bound_to=challenge.pk, client=client)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
