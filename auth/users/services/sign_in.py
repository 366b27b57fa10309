"""Signing in with a password, or with a passkey alone."""

from django.db import transaction
from django.utils import timezone

from servicekit.problems import Problem
from users.client_info import ClientInfo
from users.errors import InvalidCredentials, PasskeyInvalid
from users.models import PasskeyChallenge, User
from users.models.people import normalize_username
from users.selectors.people import user_by_login
from users.services import throttle
from users.services.audit import audit_record
from users.services.ceremonies import Assertion, Options, assertion_options, assertion_verify
from users.services.challenges import Challenge, challenge_passkey_begin, challenge_start
from users.services.hashing import password_matches
from users.services.second_factor import methods_owed, second_factor_check
from users.services.sessions import TokenPair, session_start


def sign_in(*, username: str, password: str, client: ClientInfo) -> TokenPair | Challenge:
    """Checks a user name or e-mail address and a password, and begins a session, or asks for the second factor.

    Raises InvalidCredentials, the same and after the same work for an unknown name, a wrong password and an inactive
    account, and TooManyAttempts.
    """
    user = _checked(username, password, client)
    with transaction.atomic():
        if methods_owed(user):
            return challenge_start(user=user, client=client)
        _let_in(user)
        pair = session_start(user=user, client=client)
        audit_record(event="sign_in", user_id=user.pk, client=client)
    return pair


def passkey_begin(*, challenge: str | None, client: ClientInfo) -> Options:
    """What a passkey has to sign: as the second factor that `challenge` asks for, or, without one, to sign in alone.

    Raises TooManyAttempts, ChallengeInvalid, PasskeysOff.
    """
    if challenge is not None:
        return challenge_passkey_begin(token=challenge, client=client)
    return assertion_options(purpose=PasskeyChallenge.Purpose.SIGN_IN, client=client)


def passkey_sign_in(*, assertion: Assertion, client: ClientInfo) -> TokenPair:
    """Begins a session for the signature of a passkey that verified its holder: two factors in one.

    Raises PasskeyInvalid, the same for an unknown passkey, a bad signature and an inactive account.
    """
    passkey = assertion_verify(assertion=assertion, purpose=PasskeyChallenge.Purpose.SIGN_IN, client=client)
    user = passkey.user
    if not user.is_active:
        audit_record(event="sign_in_refused", user_id=user.pk, client=client, detail={"reason": "inactive"})
        raise PasskeyInvalid
    with transaction.atomic():
        _let_in(user, PasskeyInvalid)
        pair = session_start(user=user, client=client)
        audit_record(event="sign_in", user_id=user.pk, client=client, detail={"passkey_id": str(passkey.pk)})
    return pair


def operator_sign_in(*, username: str, password: str, code: str, client: ClientInfo) -> User:
    """Checks all that a sign-in to the operators' site needs, in one step.

    Raises as `sign_in`, and CodeWrong where the account has a second factor and the code is not right.
    """
    user = _checked(username, password, client)
    if methods_owed(user):
        second_factor_check(user_id=user.pk, code=code, client=client)
    with transaction.atomic():
        _let_in(user)
        audit_record(event="operator_sign_in", user_id=user.pk, client=client)
    return user


def _checked(username: str, password: str, client: ClientInfo) -> User:
    """The active user with that name and password."""
    address, account = throttle.address(client.network), throttle.account(normalize_username(username))
    throttle.admit(address, account)
    user = user_by_login(username)
    matches = password_matches(user, password)
    if user is None or not matches or not user.is_active:
        reason = "unknown" if user is None else "inactive" if matches else "password"
        audit_record(
            event="sign_in_refused", user_id=user.pk if user else None, client=client, detail={"reason": reason}
        )
        raise InvalidCredentials
    throttle.settle(forgotten=account, forgiven=address)
    return user


def _let_in(user: User, refusal: type[Problem] = InvalidCredentials) -> None:
    """Compare-and-swap: a deactivation or a new password since the check wins."""
    unchanged = User.objects.filter(pk=user.pk, is_active=True, token_version=user.token_version)
    if not unchanged.update(last_login=timezone.now()):
        raise refusal
