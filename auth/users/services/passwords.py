"""Passwords: changed by the account's owner, or set by a link that was sent to the account's address."""

from uuid import UUID

from django.db import transaction

from eventbus import jobs
from users import mails
from users.client_info import ClientInfo
from users.errors import PasswordWrong
from users.models import OneTimeLink, User
from users.models.people import normalize_email
from users.services import throttle
from users.services.accounts import user_set_password
from users.services.audit import audit_record
from users.services.changes import user_lock
from users.services.links import link_create, link_redeem
from users.services.reauthentication import owner_check
from users.services.second_factor import Proof
from users.services.sessions import TokenPair, session_start


def password_change(*, user_id: UUID, current: str, new: str, proof: Proof, client: ClientInfo) -> TokenPair:
    """Sets the new password, ends every session, and begins one for the caller.

    Raises as `owner_check`, and django.core.exceptions.ValidationError for a weak one.
    """
    user = User.objects.get(pk=user_id)
    owner_check(user=user, password=current, proof=proof, client=client)
    with transaction.atomic():
        locked = user_lock(user)
        if locked.token_version != user.token_version or not locked.is_active:
            raise PasswordWrong  # it was changed, or the account closed, during the check
        user_set_password(user=user, password=new)
        _tell(user)
        return session_start(user=User.objects.get(pk=user_id), client=client)


def password_reset_request(*, email: str, client: ClientInfo) -> None:
    """Asks for a link. The same answer and the same work for every address: a job looks whose it is.

    Raises TooManyAttempts, for known and unknown addresses alike.
    """
    address = normalize_email(email)
    throttle.admit(
        throttle.Subject(f"reset-address:{client.network}", free=20), throttle.Subject(f"reset:{address}", free=3)
    )
    with transaction.atomic():
        audit_record(event="password_reset_requested", client=client)
        jobs.enqueue("password_reset", {"email": address})


def password_reset_send(*, email: str) -> None:
    """Sends the link to the active account of that address, if there is one. A job; a repetition voids the first.

    Who never had a password has forgotten none: they come in by an invitation, when somebody lets them.
    """
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None and user.has_usable_password():
        mails.send_password_reset(user, link_create(user=user, purpose=OneTimeLink.Purpose.PASSWORD_RESET))


def password_set_by_link(*, token: str, purpose: OneTimeLink.Purpose, password: str, client: ClientInfo) -> None:
    """Redeems a link for a new password and ends every session.

    Raises LinkInvalid, and django.core.exceptions.ValidationError for a weak password, which leaves the link good.
    """
    with transaction.atomic():
        user = link_redeem(token=token, purpose=purpose).user
        user_set_password(user=user, password=password)
        audit_record(event=f"{purpose}_used", user_id=user.pk, client=client)
        if purpose is OneTimeLink.Purpose.PASSWORD_RESET:
            _tell(user)


def _tell(user: User) -> None:
    jobs.enqueue("security_notice", {"user_id": str(user.pk), "notice": "password_changed"})
