"""WebAuthn ceremonies (W3C Web Authentication, level 3): what is asked of an authenticator, and what it answers."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json_dict,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from eventbus import jobs
from users.client_info import ClientInfo
from users.errors import PasskeyInvalid, PasskeyUnusable, PasskeyWrong
from users.models import Passkey, PasskeyChallenge, User
from users.relying_party import NAME, own_origins, rp_id
from users.services import throttle
from users.services.audit import audit_record
from users.services.links import token_digest

Purpose = PasskeyChallenge.Purpose
LIFE = timedelta(minutes=5)
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
# What the parsers of CBOR, JSON and keys raise for bytes that are none.
_MALFORMED = (
    WebAuthnException,
    UnsupportedAlgorithm,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Options:
    """What a browser hands to its authenticators: the W3C's JSON form, and the seconds within which to answer."""

    public_key: dict[str, Any]
    expires_in: int = int(LIFE.total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """An authenticator's new credential; base64url. `transports` are hints for finding it again."""

    id: str
    client_data_json: str
    attestation_object: str
    transports: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """An authenticator's signature; base64url. `user_handle` is whose it says the credential is."""

    id: str
    client_data_json: str
    authenticator_data: str
    signature: str
    user_handle: str | None = None


def registration_options(*, user: User, session_id: UUID | None) -> Options:
    """For a new passkey of the user: it can be found without a name, and asks for finger, face or PIN."""
    return _options(
        generate_registration_options(
            rp_id=rp_id(),
            rp_name=NAME,
            user_id=user.pk.bytes,
            user_name=user.username,
            user_display_name=user.name,
            challenge=_challenge_start(Purpose.REGISTRATION, user_id=user.pk, bound_to=session_id),
            timeout=_milliseconds(),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(user.pk),
            supported_pub_key_algs=ALGORITHMS,
        )
    )


def registration_verify(*, attestation: Attestation, user_id: UUID, session_id: UUID | None) -> VerifiedRegistration:
    """The new credential, if it answers a challenge of this session. Raises PasskeyUnusable."""
    try:
        expected = _challenge_spend(
            attestation.client_data_json, purpose=Purpose.REGISTRATION, user_id=user_id, bound_to=session_id
        )
        verified = verify_registration_response(
            credential={
                **_envelope(attestation.id),
                "response": {
                    "clientDataJSON": attestation.client_data_json,
                    "attestationObject": attestation.attestation_object,
                },
            },
            expected_challenge=expected,
            expected_rp_id=rp_id(),
            expected_origin=own_origins(),
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        # A key that cannot be loaded would be found out only when its owner wants to come in.
        decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
    except _MALFORMED:
        raise PasskeyUnusable from None
    if bytes_to_base64url(verified.credential_id) != attestation.id:
        raise PasskeyUnusable
    return verified


def assertion_options(
    *, purpose: Purpose, client: ClientInfo, user_id: UUID | None = None, bound_to: UUID | None = None
) -> Options:
    """For a signature of one of the user's passkeys. Raises TooManyAttempts.

    Without a user of whichever the browser finds: no list is sent, so that nobody learns who has one, and the
    authenticator must have verified who holds it, as there was no password.
    """
    throttle.admit(_subject(client))
    needed = UserVerificationRequirement
    return _options(
        generate_authentication_options(
            rp_id=rp_id(),
            challenge=_challenge_start(purpose, user_id=user_id, bound_to=bound_to),
            timeout=_milliseconds(),
            allow_credentials=_descriptors(user_id) if user_id else [],
            user_verification=needed.REQUIRED if purpose is Purpose.SIGN_IN else needed.DISCOURAGED,
        )
    )


def assertion_verify(
    *,
    assertion: Assertion,
    purpose: Purpose,
    client: ClientInfo,
    user_id: UUID | None = None,
    bound_to: UUID | None = None,
) -> Passkey:
    """The passkey that signed, with its user; its challenge is spent, whatever comes of it.

    Raises PasskeyInvalid for Purpose.SIGN_IN, else PasskeyWrong.
    """
    refusal = PasskeyInvalid if purpose is Purpose.SIGN_IN else PasskeyWrong
    try:
        expected = _challenge_spend(assertion.client_data_json, purpose=purpose, user_id=user_id, bound_to=bound_to)
    except _MALFORMED:
        raise refusal from None
    passkey = Passkey.objects.select_related("user").filter(credential_id=assertion.id).first()
    verified = _verified(assertion, passkey, expected, purpose) if passkey else None
    if passkey is None or verified is None or user_id not in (None, passkey.user_id):
        about = user_id or (passkey.user_id if passkey else None)
        audit_record(event="passkey_refused", user_id=about, client=client)
        raise refusal
    if not _counted(passkey, verified):
        _tell_of_copy(passkey, client)
        raise refusal
    throttle.settle(forgiven=_subject(client))
    return passkey


def passkey_challenges_purge() -> int:
    """Deletes challenges that have expired; returns how many."""
    return PasskeyChallenge.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def known_transports(transports: list[str]) -> list[str]:
    """Those that there are, each once."""
    return sorted({name for name in transports if name in {known.value for known in AuthenticatorTransport}})


def _verified(
    assertion: Assertion, passkey: Passkey, expected: bytes, purpose: Purpose
) -> VerifiedAuthentication | None:
    """The checks of 7.2; the counter is left to `_counted`, which tells a copy from a bad signature."""
    if not _handle_fits(assertion.user_handle, passkey.user_id, needed=purpose is Purpose.SIGN_IN):
        return None
    try:
        return verify_authentication_response(
            credential={
                **_envelope(assertion.id),
                "response": {
                    "clientDataJSON": assertion.client_data_json,
                    "authenticatorData": assertion.authenticator_data,
                    "signature": assertion.signature,
                },
            },
            expected_challenge=expected,
            expected_rp_id=rp_id(),
            expected_origin=own_origins(),
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=0,
            require_user_verification=purpose is Purpose.SIGN_IN,
        )
    except _MALFORMED:
        return None


def _handle_fits(handle: str | None, user_id: UUID, *, needed: bool) -> bool:
    """7.2, step 6: whose the authenticator says the credential is; it may be silent where the server knows."""
    if handle is None:
        return not needed
    return secrets.compare_digest(handle, bytes_to_base64url(user_id.bytes))


def _counted(passkey: Passkey, verified: VerifiedAuthentication) -> bool:
    """6.1.1: a count that does not grow means that there is a copy. Of two at once with one count, one gets through."""
    count = verified.new_sign_count
    grows = Q(sign_count__lt=count) if count else Q(sign_count=0)
    fresh = Passkey.objects.filter(grows, pk=passkey.pk)
    return bool(fresh.update(sign_count=count, last_used_at=timezone.now(), is_synced=verified.credential_backed_up))


def _tell_of_copy(passkey: Passkey, client: ClientInfo) -> None:
    detail = {"passkey_id": str(passkey.pk)}
    with transaction.atomic():
        audit_record(event="passkey_copied", user_id=passkey.user_id, client=client, detail=detail)
        jobs.enqueue("security_notice", {"user_id": str(passkey.user_id), "notice": "passkey_copied"})


def _challenge_start(purpose: Purpose, *, user_id: UUID | None, bound_to: UUID | None) -> bytes:
    challenge = secrets.token_bytes(32)
    PasskeyChallenge.objects.create(
        purpose=purpose,
        challenge_hash=token_digest(bytes_to_base64url(challenge)),
        user_id=user_id,
        bound_to=bound_to,
        expires_at=timezone.now() + LIFE,
    )
    return challenge


def _challenge_spend(client_data: str, *, purpose: Purpose, user_id: UUID | None, bound_to: UUID | None) -> bytes:
    """The challenge that is answered. Of several answers to it one gets here; raises ValueError for any other."""
    collected = parse_client_data_json(base64url_to_bytes(client_data))
    if collected.cross_origin:
        raise ValueError("the page was framed by another")
    whose: dict[str, UUID | None] = {"user_id": user_id, "bound_to": bound_to}
    asked = PasskeyChallenge.objects.filter(**whose, purpose=purpose, expires_at__gt=timezone.now())
    deleted, _ = asked.filter(challenge_hash=token_digest(bytes_to_base64url(collected.challenge))).delete()
    if not deleted:
        raise ValueError("unknown, spent or expired")
    return collected.challenge


def _subject(client: ClientInfo) -> throttle.Subject:
    """No signature can be guessed, but each challenge costs a row; many people may share an address."""
    return throttle.Subject(f"passkey:{client.network}", free=100)


def _descriptors(user_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    rows = Passkey.objects.filter(user_id=user_id).values_list("credential_id", "transports")
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(credential_id), transports=[AuthenticatorTransport(name) for name in transports]
        )
        for credential_id, transports in rows
    ]


def _envelope(credential_id: str) -> dict[str, str]:
    return {"id": credential_id, "rawId": credential_id, "type": "public-key"}


def _options(options: Any) -> Options:
    return Options(options_to_json_dict(options))


def _milliseconds() -> int:
    return int(LIFE.total_seconds() * 1000)
