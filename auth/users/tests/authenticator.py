"""An authenticator in software: it makes real keys and real signatures, honest ones and, when asked, others.

Of the standard library, cbor2 and cryptography alone: the stories of the fuzzing use it, too.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


def encode(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Of `encode`."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One credential on one device, and the browser around it, which says what page it is on."""

    origin: str = "http://localhost:8003"
    rp_id: str = "localhost"
    flags: int = USER_PRESENT | USER_VERIFIED
    counts: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any], **client_data: Any) -> dict[str, Any]:
        """What `navigator.credentials.create` gives, as the API takes it."""
        self.user_handle = decode(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        size = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + size + self.credential_id + cose
        data = self._data(ATTESTED) + attested
        return {
            "id": encode(self.credential_id),
            "client_data_json": encode(self._client_data("webauthn.create", options, client_data)),
            "attestation_object": encode(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal", "hybrid"],
        }

    def get(self, options: dict[str, Any], **client_data: Any) -> dict[str, Any]:
        """What `navigator.credentials.get` gives, as the API takes it."""
        self.count += self.counts
        data, collected = self._data(), self._client_data("webauthn.get", options, client_data)
        signature = self.key.sign(data + hashlib.sha256(collected).digest(), ec.ECDSA(SHA256()))
        return {
            "id": encode(self.credential_id),
            "client_data_json": encode(collected),
            "authenticator_data": encode(data),
            "signature": encode(signature),
            "user_handle": encode(self.user_handle),
        }

    def _data(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any], changes: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **changes}).encode()
