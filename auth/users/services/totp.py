"""The device that shows codes (RFC 6238): set up, confirmed, removed."""

from dataclasses import dataclass
from uuid import UUID

import pyotp
from django.db import transaction
from django.utils import timezone

from users.client_info import ClientInfo
from users.encryption import encrypt
from users.errors import CodeWrong, TotpAlreadyOn, TotpOff
from users.models import TotpDevice, User
from users.services import throttle
from users.services.changes import user_lock
from users.services.codes import device_code_accept, recovery_codes_make
from users.services.reauthentication import owner_check
from users.services.second_factor import Proof, factor_removed, factor_tell, subject

ISSUER = "Ticket Tracking System"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the user's device is told, shown once: the seed, and the same as the `otpauth:` URI of a QR code."""

    seed: str
    uri: str


def totp_is_on(*, user_id: UUID) -> bool:
    """Whether there is a device whose codes count."""
    return TotpDevice.objects.filter(pk=user_id, confirmed_at__isnull=False).exists()


def totp_begin(*, user_id: UUID, password: str, proof: Proof, client: ClientInfo) -> Enrolment:
    """A new seed; nothing changes until a code of it is confirmed. Raises TotpAlreadyOn, and as `owner_check`."""
    if totp_is_on(user_id=user_id):
        raise TotpAlreadyOn
    user = User.objects.get(pk=user_id)
    owner_check(user=user, password=password, proof=proof, client=client)
    seed = pyotp.random_base32()
    with transaction.atomic():
        TotpDevice.objects.get_or_create(pk=user_id, defaults={"seed": encrypt(seed)})
        renewed = TotpDevice.objects.filter(pk=user_id, confirmed_at=None).update(seed=encrypt(seed), last_step=0)
        if not renewed:
            raise TotpAlreadyOn
    return Enrolment(seed, pyotp.TOTP(seed).provisioning_uri(name=user.username, issuer_name=ISSUER))


def totp_confirm(*, user_id: UUID, code: str) -> list[str]:
    """Switches it on with a first code; returns new recovery codes. Raises CodeWrong, TotpAlreadyOn, TotpOff."""
    device = TotpDevice.objects.filter(pk=user_id).first()
    if device is None:
        raise TotpOff
    if device.confirmed_at is not None:
        raise TotpAlreadyOn
    throttle.admit(subject(user_id))
    with transaction.atomic():
        if not device_code_accept(device=device, code=code):
            raise CodeWrong
        TotpDevice.objects.filter(pk=user_id).update(confirmed_at=timezone.now())
        factor_tell(user_id=user_id, what="totp_enabled")
        return recovery_codes_make(user_id=user_id)


def totp_remove(*, user_id: UUID, password: str, proof: Proof, client: ClientInfo) -> None:
    """Switches it off. Raises TotpOff, and as `owner_check`."""
    if not totp_is_on(user_id=user_id):
        raise TotpOff
    user = User.objects.get(pk=user_id)
    owner_check(user=user, password=password, proof=proof, client=client)
    with transaction.atomic():
        user_lock(user)
        TotpDevice.objects.filter(pk=user_id).delete()
        factor_tell(user_id=user_id, what="totp_removed")
        factor_removed(user_id=user_id)
