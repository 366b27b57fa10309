"""Passkeys of a user: added, renamed, removed."""

from uuid import UUID

from django.db import IntegrityError, transaction
from webauthn.helpers import bytes_to_base64url

from users.client_info import ClientInfo
from users.errors import PasskeyKnown, PasskeysOff, TooManyPasskeys
from users.models import Passkey, PasskeyChallenge, User
from users.selectors.sessions import passkey_list
from users.services.ceremonies import (
    Attestation,
    Options,
    assertion_options,
    known_transports,
    registration_options,
    registration_verify,
)
from users.services.changes import Match, any_version, user_lock
from users.services.codes import recovery_codes_make
from users.services.reauthentication import owner_check
from users.services.second_factor import Proof, factor_removed, factor_tell, second_factor_is_on

MAX_PER_USER = 20


def passkey_begin(*, user_id: UUID, password: str, proof: Proof, client: ClientInfo) -> Options:
    """What to make a passkey with, in this session. Raises TooManyPasskeys, and as `owner_check`."""
    user = User.objects.get(pk=user_id)
    owner_check(user=user, password=password, proof=proof, client=client)
    _require_room(user_id)
    return registration_options(user=user, session_id=proof.session_id)


def passkey_add(
    *, user_id: UUID, session_id: UUID | None, name: str, attestation: Attestation
) -> tuple[Passkey, list[str]]:
    """The new passkey, and recovery codes where it is the first second factor; the owner is told.

    Raises PasskeyUnusable, PasskeyKnown, TooManyPasskeys.
    """
    verified = registration_verify(attestation=attestation, user_id=user_id, session_id=session_id)
    with transaction.atomic():
        user = user_lock(User(pk=user_id))
        _require_room(user_id)
        is_first = not second_factor_is_on(user_id=user_id)
        passkey = _store(
            Passkey(
                user=user,
                name=name,
                credential_id=bytes_to_base64url(verified.credential_id),
                public_key=bytes_to_base64url(verified.credential_public_key),
                sign_count=verified.sign_count,
                is_synced=verified.credential_backed_up,
                transports=known_transports(attestation.transports),
            )
        )
        User.objects.filter(pk=user_id).update(has_passkey=True)
        factor_tell(user_id=user_id, what="passkey_added", detail=_detail(passkey))
        return passkey, recovery_codes_make(user_id=user_id) if is_first else []


def passkey_rename(*, passkey: Passkey, name: str, match: Match = any_version) -> Passkey:
    """Gives it another name. Raises what `match` does."""
    with transaction.atomic():
        locked = Passkey.objects.select_for_update().get(pk=passkey.pk)
        match(locked.version)
        if locked.name != name:
            locked.name, locked.version = name, locked.version + 1
            locked.save(update_fields=["name", "version"])
    return locked


def passkey_remove(*, passkey: Passkey, password: str, proof: Proof, client: ClientInfo) -> None:
    """Nobody comes in with it any more; the owner is told. Raises as `owner_check`."""
    user = User.objects.get(pk=passkey.user_id)
    owner_check(user=user, password=password, proof=proof, client=client)
    with transaction.atomic():
        user_lock(user)
        if Passkey.objects.filter(pk=passkey.pk).delete()[0]:
            factor_tell(user_id=user.pk, what="passkey_removed", detail=_detail(passkey))
            factor_removed(user_id=user.pk)


def passkey_confirm_begin(*, user_id: UUID, session_id: UUID | None, client: ClientInfo) -> Options:
    """What to show with a passkey that it is still them, in this session. Raises PasskeysOff."""
    if not passkey_list(user_id=user_id).exists():
        raise PasskeysOff
    purpose = PasskeyChallenge.Purpose.CONFIRMATION
    return assertion_options(purpose=purpose, client=client, user_id=user_id, bound_to=session_id)


def _require_room(user_id: UUID) -> None:
    if passkey_list(user_id=user_id).count() >= MAX_PER_USER:
        raise TooManyPasskeys


def _store(passkey: Passkey) -> Passkey:
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError:
        raise PasskeyKnown from None
    return passkey


def _detail(passkey: Passkey) -> dict[str, str]:
    return {"passkey_id": str(passkey.pk), "name": passkey.name}
