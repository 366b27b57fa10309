"""Asking who is signed in that it is still them, before what a thief of a token would do first (ASVS 5.0, 7.5.1)."""

from users.client_info import ClientInfo
from users.errors import PasswordWrong
from users.models import User
from users.services import throttle
from users.services.audit import audit_record
from users.services.hashing import password_matches
from users.services.second_factor import Proof, proof_check, second_factor_is_on


def owner_check(*, user: User, password: str, proof: Proof, client: ClientInfo) -> None:
    """Asks a signed-in user for their password again, and for the second factor where there is one.

    Nobody who has only stolen a token and the password gets past. Raises PasswordWrong, TooManyAttempts, and as
    `proof_check`.
    """
    _password_check(user, password, client)
    if second_factor_is_on(user_id=user.pk):
        proof_check(user_id=user.pk, proof=proof, client=client)


def _password_check(user: User, password: str, client: ClientInfo) -> None:
    subject = throttle.Subject(f"password:{user.pk}", free=5)
    throttle.admit(subject)
    if not password_matches(user, password):
        audit_record(event="password_refused", user_id=user.pk, client=client)
        raise PasswordWrong
    throttle.settle(forgotten=subject)
