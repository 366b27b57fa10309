"""Registration: somebody asks for an account, proves their address, and an admin of hdts approves or refuses."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from eventbus import jobs
from users import mails
from users.client_info import ClientInfo
from users.errors import LinkInvalid, RegistrationClosed, RegistrationDecided
from users.models import Registration, Role, User
from users.models.people import normalize_email, normalize_username
from users.selectors.people import EMPLOYEE
from users.services import throttle
from users.services.accounts import user_create
from users.services.audit import audit_record
from users.services.links import new_token, page_url, token_digest

CONFIRM_WITHIN = timedelta(days=1)
KEEP_DECIDED = timedelta(days=90)


def registration_request(*, username: str, email: str, client: ClientInfo, **values: Any) -> None:
    """Asks for an account. The same answer and the same work for every address and name: a job looks whose they are.

    Raises RegistrationClosed, TooManyAttempts, and django.core.exceptions.ValidationError for what is malformed.
    """
    if not settings.REGISTRATION_OPEN:
        raise RegistrationClosed
    registration = Registration(username=normalize_username(username), email=normalize_email(email), **values)
    registration.full_clean()
    throttle.admit(
        throttle.Subject(f"registration-address:{client.network}", free=20),
        throttle.Subject(f"registration:{registration.email}", free=3),
    )
    with transaction.atomic():
        registration.save(force_insert=True)
        audit_record(event="registration_requested", client=client)
        jobs.enqueue("registration", {"registration_id": str(registration.pk)})


def registration_mail(*, registration_id: UUID) -> None:
    """Sends the link that proves the address, or says that there is an account already. A job."""
    unconfirmed = Registration.objects.filter(pk=registration_id, state=Registration.State.UNCONFIRMED)
    registration = unconfirmed.first()
    if registration is None:
        return
    if User.objects.filter(email=registration.email).exists():
        mails.send_registered_already(registration.email)
        unconfirmed.delete()
        return
    token = new_token()
    unconfirmed.update(token_hash=token_digest(token))
    mails.send_registration_link(registration.email, page_url("registration", token))


def registration_confirm(*, token: str, client: ClientInfo) -> None:
    """The address is theirs: the registration waits for an admin. Raises LinkInvalid; a link works once."""
    mine = Registration.objects.filter(
        token_hash=token_digest(token),
        state=Registration.State.UNCONFIRMED,
        created_at__gt=timezone.now() - CONFIRM_WITHIN,
    )
    try:
        with transaction.atomic():
            if not mine.update(state=Registration.State.PENDING, token_hash=None):
                raise LinkInvalid
            audit_record(event="registration_confirmed", client=client)
    except IntegrityError:  # another registration of this address waits already, which is all that was wanted
        mine.delete()


def registration_approve(*, registration: Registration, username: str = "") -> User:
    """Makes the account, an Employee's, and has its owner sent the link that sets a password.

    Raises RegistrationDecided, and django.core.exceptions.ValidationError when the name or address was taken meanwhile;
    `username` is another name than the one that was asked for.
    """
    with transaction.atomic():
        locked = _decide(registration, Registration.State.APPROVED)
        user = user_create(
            username=username or locked.username,
            email=locked.email,
            name=locked.name,
            password=None,
            department=locked.department,
            time_zone=locked.time_zone,
            roles=[_employee()],
        )
        audit_record(event="registration_approved", user_id=user.pk)
        jobs.enqueue("invitation", {"user_id": str(user.pk)})
    return user


def registration_refuse(*, registration: Registration, reason: str) -> None:
    """Refuses it; the applicant is told, the reason is for the audit log. Raises RegistrationDecided."""
    with transaction.atomic():
        locked = _decide(registration, Registration.State.REFUSED)
        audit_record(event="registration_refused", detail={"registration_id": str(locked.pk), "reason": reason})
        jobs.enqueue("registration_refused", {"email": locked.email})


def registrations_purge() -> int:
    """Deletes what was never confirmed, and what was decided long ago; returns how many."""
    now = timezone.now()
    stale = Registration.objects.filter(state=Registration.State.UNCONFIRMED, created_at__lt=now - CONFIRM_WITHIN)
    decided = Registration.objects.filter(decided_at__lt=now - KEEP_DECIDED)
    return stale.delete()[0] + decided.delete()[0]


def _decide(registration: Registration, state: Registration.State) -> Registration:
    locked = Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)
    if locked.state != Registration.State.PENDING:
        raise RegistrationDecided
    locked.state, locked.decided_at = state, timezone.now()
    locked.save(update_fields=["state", "decided_at"])
    return locked


def _employee() -> Role:
    system, _, slug = EMPLOYEE.partition(":")
    return Role.objects.select_related("system").get(system__slug=system, slug=slug, is_active=True)
