"""Asking who is signed in for their password again, before what a thief of a token would do first."""

from users.client_info import ClientInfo
from users.errors import PasswordWrong
from users.models import User
from users.services import throttle
from users.services.audit import audit_record
from users.services.hashing import password_matches


def password_check(*, user: User, password: str, client: ClientInfo) -> None:
    """Asks a signed-in user for their password again. Raises PasswordWrong, TooManyAttempts."""
    subject = throttle.Subject(f"password:{user.pk}", free=5)
    throttle.admit(subject)
    if not password_matches(user, password):
        audit_record(event="password_refused", user_id=user.pk, client=client)
        raise PasswordWrong
    throttle.settle(forgotten=subject)
