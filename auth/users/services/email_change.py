"""Another e-mail address: asked for by the account's owner, changed by who reads the new mailbox."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from eventbus import jobs
from users import mails
from users.client_info import ClientInfo
from users.errors import LinkInvalid
from users.models import OneTimeLink, User
from users.models.people import normalize_email
from users.services import throttle
from users.services.accounts import user_update
from users.services.audit import audit_record
from users.services.links import link_create, link_redeem, links_discard
from users.services.reauthentication import owner_check
from users.services.second_factor import Proof


def email_change_request(*, user_id: UUID, email: str, password: str, proof: Proof, client: ClientInfo) -> None:
    """Has a link sent to the new address, and a notice to the present one.

    The same answer whether the new address is somebody else's or not. Raises as `owner_check`.
    """
    user = User.objects.get(pk=user_id)
    owner_check(user=user, password=password, proof=proof, client=client)
    throttle.admit(throttle.Subject(f"email-change:{user_id}", free=5))
    with transaction.atomic():
        audit_record(event="email_change_requested", user_id=user_id, client=client)
        jobs.enqueue("email_change", {"user_id": str(user_id), "email": normalize_email(email)})
        jobs.enqueue("security_notice", {"user_id": str(user_id), "notice": "email_change_requested"})


def email_change_send(*, user: User, email: str) -> None:
    """Sends the link, unless the address is an account's already. A job; a repetition voids the first."""
    if user.is_active and not User.objects.filter(email=email).exists():
        link = link_create(user=user, purpose=OneTimeLink.Purpose.EMAIL_CHANGE, email=email)
        mails.send_email_change(user, email, link)


def email_change_confirm(*, token: str, client: ClientInfo) -> None:
    """The new address is theirs and counts from now on; links that went to the old one are void.

    Raises LinkInvalid, also when the address has become somebody else's meanwhile.
    """
    try:
        with transaction.atomic():
            link = link_redeem(token=token, purpose=OneTimeLink.Purpose.EMAIL_CHANGE)
            before = link.user.email
            user_update(user=link.user, email=link.email)
            links_discard(user=link.user)
            audit_record(event="email_changed", user_id=link.user.pk, client=client)
            jobs.enqueue("email_changed", {"user_id": str(link.user.pk), "email": before})
    except (ValidationError, IntegrityError):
        raise LinkInvalid from None
