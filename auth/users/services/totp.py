"""The second factor: codes of a device (RFC 6238) and recovery codes, each accepted once."""

import hashlib
import hmac
import logging
import secrets
import time
from dataclasses import dataclass
from uuid import UUID

import pyotp
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone

from eventbus import jobs
from jwtauth.principal import Principal
from users.client_info import ClientInfo
from users.encryption import decrypt, encrypt
from users.errors import CodeWrong, TotpAlreadyOn, TotpOff, UserNotAdministered
from users.models import RecoveryCode, TotpDevice, User
from users.selectors.administration import administers_user
from users.services import throttle
from users.services.audit import audit_record
from users.services.reauthentication import password_check

logger = logging.getLogger(__name__)

STEP_SECONDS = 30
RECOVERY_CODES = 10
ISSUER = "Ticket Tracking System"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the user's device is told, shown once: the seed, and the same as the `otpauth:` URI of a QR code."""

    seed: str
    uri: str


def totp_is_on(*, user_id: UUID) -> bool:
    """Whether signing in needs a code."""
    return TotpDevice.objects.filter(pk=user_id, confirmed_at__isnull=False).exists()


def code_is_owed(user: User) -> bool:
    """The same of a user who was read with the device: on the way of every sign-in a query less."""
    device: TotpDevice | None = getattr(user, "totp_device", None)
    return device is not None and device.confirmed_at is not None


def totp_begin(*, user_id: UUID, password: str, client: ClientInfo) -> Enrolment:
    """A new seed; nothing changes until a code of it is confirmed. Raises PasswordWrong, TotpAlreadyOn."""
    user = User.objects.get(pk=user_id)
    password_check(user=user, password=password, client=client)
    seed = pyotp.random_base32()
    with transaction.atomic():
        TotpDevice.objects.get_or_create(pk=user_id, defaults={"seed": encrypt(seed)})
        renewed = TotpDevice.objects.filter(pk=user_id, confirmed_at=None).update(seed=encrypt(seed), last_step=0)
        if not renewed:
            raise TotpAlreadyOn
    return Enrolment(seed, pyotp.TOTP(seed).provisioning_uri(name=user.username, issuer_name=ISSUER))


def totp_confirm(*, user_id: UUID, code: str) -> list[str]:
    """Switches the second factor on with a first code; returns the recovery codes. Raises CodeWrong, TotpAlreadyOn."""
    device = TotpDevice.objects.filter(pk=user_id).first()
    if device is None:
        raise TotpOff
    if device.confirmed_at is not None:
        raise TotpAlreadyOn
    _admit(user_id)
    with transaction.atomic():
        if not _accept_code(device, code):
            raise CodeWrong
        TotpDevice.objects.filter(pk=user_id).update(confirmed_at=timezone.now())
        return _changed(user_id, "totp_enabled", codes=True)


def recovery_codes_renew(*, user_id: UUID, code: str, client: ClientInfo) -> list[str]:
    """New recovery codes for a code; the old ones are void. Raises CodeWrong, TotpOff."""
    second_factor_check(user_id=user_id, code=code, client=client)
    with transaction.atomic():
        return _changed(user_id, "recovery_codes_renewed", codes=True)


def totp_remove(*, user_id: UUID, password: str, code: str, client: ClientInfo) -> None:
    """Switches the second factor off, for a password and a code. Raises PasswordWrong, CodeWrong, TotpOff."""
    password_check(user=User.objects.get(pk=user_id), password=password, client=client)
    second_factor_check(user_id=user_id, code=code, client=client)
    _remove(user_id)


def totp_reset(*, user: User, by: Principal) -> None:
    """Switches it off for somebody who lost their device. Raises UserNotAdministered, TotpOff."""
    if not administers_user(by, user):
        raise UserNotAdministered(user_id=user.pk)
    if not totp_is_on(user_id=user.pk):
        raise TotpOff
    _remove(user.pk)


def second_factor_check(*, user_id: UUID, code: str, client: ClientInfo) -> None:
    """Accepts a code of the device or a recovery code, either once. Raises CodeWrong, TotpOff, TooManyAttempts."""
    device = TotpDevice.objects.filter(pk=user_id, confirmed_at__isnull=False).first()
    if device is None:
        raise TotpOff
    _admit(user_id)
    if not (_accept_code(device, code) or _accept_recovery_code(user_id, code)):
        audit_record(event="code_refused", user_id=user_id, client=client)
        raise CodeWrong
    throttle.settle(forgotten=_subject(user_id))


def _accept_code(device: TotpDevice, code: str) -> bool:
    """A clock may be half a minute off; of two that send one code at once, one wins (compare-and-swap).

    The seed is encrypted anew, so that one of an earlier DJANGO_SECRET_KEY is under the present one from then on.
    """
    try:
        seed = decrypt(device.seed)
    except InvalidToken:
        logger.error("a second factor cannot be read: its DJANGO_SECRET_KEY is not among the fallbacks")
        return False
    totp, now = pyotp.TOTP(seed), _present_step()
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            fresh = TotpDevice.objects.filter(pk=device.pk, last_step__lt=step)
            return bool(fresh.update(last_step=step, seed=encrypt(seed)))
    return False


def _present_step() -> int:
    return int(time.time()) // STEP_SECONDS


def _accept_recovery_code(user_id: UUID, code: str) -> bool:
    with transaction.atomic():
        unused = RecoveryCode.objects.filter(user_id=user_id, code_hash=_digest(code), used_at=None)
        if not unused.update(used_at=timezone.now()):
            return False
        jobs.enqueue("security_notice", {"user_id": str(user_id), "notice": "recovery_code_used"})
    return True


def _changed(user_id: UUID, what: str, *, codes: bool) -> list[str]:
    RecoveryCode.objects.filter(user_id=user_id).delete()
    made = ["-".join(secrets.token_hex(2) for _ in range(5)) for _ in range(RECOVERY_CODES if codes else 0)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user_id=user_id, code_hash=_digest(code)) for code in made)
    audit_record(event=what, user_id=user_id)
    jobs.enqueue("security_notice", {"user_id": str(user_id), "notice": what})
    return made


def _remove(user_id: UUID) -> None:
    with transaction.atomic():
        TotpDevice.objects.filter(pk=user_id).delete()
        _changed(user_id, "totp_removed", codes=False)


def _admit(user_id: UUID) -> None:
    throttle.admit(_subject(user_id))


def _subject(user_id: UUID) -> throttle.Subject:
    return throttle.Subject(f"second-factor:{user_id}", free=5)


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().lower().replace("-", "").encode()).hexdigest()
