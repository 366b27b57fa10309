"""The second factor: codes of a device, passkeys, and recovery codes in place of either."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction

from eventbus import jobs
from users.client_info import ClientInfo
from users.errors import CodeWrong, SecondFactorOff, SecondFactorRequired
from users.models import Passkey, PasskeyChallenge, TotpDevice, User
from users.services import throttle
from users.services.audit import audit_record
from users.services.ceremonies import Assertion, assertion_verify
from users.services.codes import (
    device_code_accept,
    recovery_code_accept,
    recovery_codes_discard,
    recovery_codes_make,
)

Method = Literal["totp", "passkey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A code, or an answer of a passkey to the challenge that this session asked for."""

    session_id: UUID | None
    code: str = ""
    passkey: Assertion | None = None


def methods_owed(user: User) -> list[Method]:
    """With which of these signing in goes on after the password; none: it is done.

    Of a user who was read with the device, so that on the way of every sign-in it takes no query.
    """
    device: TotpDevice | None = getattr(user, "totp_device", None)
    owed: list[Method] = ["passkey"] if user.has_passkey else []
    return [*owed, "totp"] if device is not None and device.confirmed_at is not None else owed


def second_factor_is_on(*, user_id: UUID) -> bool:
    """Whether signing in with the password needs more than that."""
    return bool(methods_owed(User.objects.select_related("totp_device").get(pk=user_id)))


def second_factor_check(*, user_id: UUID, code: str, client: ClientInfo) -> None:
    """Accepts a code of the device or a recovery code, either once. Raises CodeWrong, TooManyAttempts.

    SecondFactorOff where there is nothing that a code could stand for.
    """
    user = User.objects.select_related("totp_device").get(pk=user_id)
    methods = methods_owed(user)
    if not methods:
        raise SecondFactorOff
    throttle.admit(subject(user_id))
    of_device = "totp" in methods and device_code_accept(device=user.totp_device, code=code)
    if not (of_device or recovery_code_accept(user_id=user_id, code=code)):
        audit_record(event="code_refused", user_id=user_id, client=client)
        raise CodeWrong
    throttle.settle(forgotten=subject(user_id))


def proof_check(*, user_id: UUID, proof: Proof, client: ClientInfo) -> None:
    """Raises SecondFactorRequired without a proof; CodeWrong, PasskeyWrong for a bad one."""
    if proof.passkey is not None:
        purpose = PasskeyChallenge.Purpose.CONFIRMATION
        assertion_verify(
            assertion=proof.passkey, purpose=purpose, user_id=user_id, bound_to=proof.session_id, client=client
        )
    elif proof.code:
        second_factor_check(user_id=user_id, code=proof.code, client=client)
    elif second_factor_is_on(user_id=user_id):
        raise SecondFactorRequired
    else:
        raise SecondFactorOff


def recovery_codes_renew(*, user_id: UUID, proof: Proof, client: ClientInfo) -> list[str]:
    """New recovery codes for a proof; the old ones are void. Raises as `proof_check`."""
    proof_check(user_id=user_id, proof=proof, client=client)
    with transaction.atomic():
        factor_tell(user_id=user_id, what="recovery_codes_renewed")
        return recovery_codes_make(user_id=user_id)


def factor_removed(*, user_id: UUID) -> None:
    """Keeps `has_passkey` true to the table, and recovery codes only while there is something that they stand for.

    Inside the caller's transaction, which has the user locked.
    """
    User.objects.filter(pk=user_id).update(has_passkey=Passkey.objects.filter(user_id=user_id).exists())
    if not second_factor_is_on(user_id=user_id):
        recovery_codes_discard(user_id=user_id)


def factor_tell(*, user_id: UUID, what: str, detail: dict[str, str] | None = None) -> None:
    """Writes it down, and mails the owner."""
    audit_record(event=what, user_id=user_id, detail=detail)
    jobs.enqueue("security_notice", {"user_id": str(user_id), "notice": what})


def subject(user_id: UUID) -> throttle.Subject:
    """What guesses of codes are counted by: the account, whatever challenge they are sent with."""
    return throttle.Subject(f"second-factor:{user_id}", free=5)
