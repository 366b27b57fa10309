"""The compact form of a signed token (RFC 7515, section 7.1), read for ES256 and nothing else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from jwtauth.errors import TokenInvalid
from jwtauth.keys import KeySource

# Of `r` and of `s`, the two halves of an ES256 signature (RFC 7518, section 3.4).
_HALF = 32
_ECDSA = ECDSA(SHA256())


class Header(msgspec.Struct, frozen=True):
    """What the protected header has to say; keys that it may bring along (`jwk`, `jku`, `x5u`) are not even read."""

    alg: Literal["ES256"]
    typ: Literal["at+jwt"]
    kid: str
    crit: Any = msgspec.UNSET
    b64: Any = msgspec.UNSET


_HEADERS = msgspec.json.Decoder(Header)


def verified_payload(token: str, keys: KeySource) -> bytes:
    """The payload of a token whose signature one of the keys has made; nothing in it has been looked at.

    Raises TokenInvalid, or KeysUnavailable while no key is known at all.
    """
    try:
        header, payload, signature = token.encode("ascii").split(b".")
        described = _described(header)
        content, numbers = _decode(payload), _decode(signature)
    except (ValueError, RecursionError):
        # ValueError is all of it: another number of parts, other characters, no base64url, no such header.
        raise TokenInvalid from None
    if described.crit is not msgspec.UNSET or described.b64 is not msgspec.UNSET:
        # An extension that has to be understood (RFC 7515, section 4.1.11); we understand none.
        raise TokenInvalid
    key = keys.find(described.kid)
    if key is None or len(numbers) != 2 * _HALF:
        raise TokenInvalid
    r, s = int.from_bytes(numbers[:_HALF]), int.from_bytes(numbers[_HALF:])
    try:
        key.verify(encode_dss_signature(r, s), b"%b.%b" % (header, payload), _ECDSA)
    except InvalidSignature:
        raise TokenInvalid from None
    return content


@lru_cache(maxsize=64)
def _described(header: bytes) -> Header:
    """What a header says: all tokens of one key have the same. Only what could be read is kept; raises ValueError."""
    return _HEADERS.decode(_decode(header))


def _decode(part: bytes) -> bytes:
    """Strict base64url without padding: only what encoding the content would give again (RFC 4648, section 3.5)."""
    content = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    if urlsafe_b64encode(content).rstrip(b"=") != part:
        raise ValueError("not base64url")
    return content
