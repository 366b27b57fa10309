"""Codes that stand for a second factor: of a device (RFC 6238) and for recovery, each accepted once."""

import hashlib
import hmac
import logging
import secrets
import time
from uuid import UUID

import pyotp
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone

from eventbus import jobs
from users.encryption import decrypt, encrypt
from users.models import RecoveryCode, TotpDevice

logger = logging.getLogger(__name__)

STEP_SECONDS = 30
RECOVERY_CODES = 10


def device_code_accept(*, device: TotpDevice, code: str) -> bool:
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


def recovery_code_accept(*, user_id: UUID, code: str) -> bool:
    """Uses up the code, if it is one of the user's that was not used; the owner is told."""
    with transaction.atomic():
        unused = RecoveryCode.objects.filter(user_id=user_id, code_hash=_digest(code), used_at=None)
        if not unused.update(used_at=timezone.now()):
            return False
        jobs.enqueue("security_notice", {"user_id": str(user_id), "notice": "recovery_code_used"})
    return True


def recovery_codes_make(*, user_id: UUID) -> list[str]:
    """New ones, known nowhere else; the ones before are void."""
    recovery_codes_discard(user_id=user_id)
    made = ["-".join(secrets.token_hex(2) for _ in range(5)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user_id=user_id, code_hash=_digest(code)) for code in made)
    return made


def recovery_codes_discard(*, user_id: UUID) -> None:
    """There is nothing left that they could stand for."""
    RecoveryCode.objects.filter(user_id=user_id).delete()


def _present_step() -> int:
    return int(time.time()) // STEP_SECONDS


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().lower().replace("-", "").encode()).hexdigest()
