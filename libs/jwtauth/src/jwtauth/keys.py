"""Public keys: what a source of them must offer, and how a JWK set (RFC 7517) becomes them."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import InvalidKeyError


class KeySource(Protocol):
    """Where a process finds public keys; `find` is called in requests and never waits for a network."""

    def find(self, kid: str) -> EllipticCurvePublicKey | None:
        """The key of that id, or None when there is none; raises KeysUnavailable when there are no keys at all."""

    def age(self) -> float | None:
        """Seconds since the keys were last confirmed by their owner; None when there are none."""


def parse_jwks(document: object) -> dict[str, EllipticCurvePublicKey]:
    """The usable keys of a JWK set by key id: EC P-256 for signatures, everything else is left out.

    Raises ValueError when nothing in it is usable, so that a garbled answer never replaces good keys.
    """
    entries = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(entries, list):
        raise ValueError("not a JWK set")
    found = {}
    for entry in entries:
        if key := _parse(entry):
            found[str(entry["kid"])] = key
    if not found:
        raise ValueError("a JWK set without an ES256 key")
    return found


def _parse(entry: object) -> EllipticCurvePublicKey | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("kty") != "EC" or entry.get("crv") != "P-256" or entry.get("use", "sig") != "sig":
        return None
    try:
        key = ECAlgorithm(ECAlgorithm.SHA256).from_jwk(entry)
    except (InvalidKeyError, ValueError, TypeError):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) else None


def to_jwk(key: EllipticCurvePublicKey) -> dict[str, Any]:
    """A P-256 public key as a JWK; its `kid` is the RFC 7638 thumbprint, so that equal keys have equal ids."""
    if not isinstance(key.curve, SECP256R1):
        raise ValueError("ES256 needs a P-256 key")
    numbers = key.public_numbers()
    public = {"crv": "P-256", "kty": "EC", "x": _base64url(numbers.x), "y": _base64url(numbers.y)}
    canonical = json.dumps(public, sort_keys=True, separators=(",", ":")).encode()
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()
    return {**public, "use": "sig", "alg": "ES256", "kid": thumbprint}


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
