"""The private keys that sign tokens: from the environment or a file; made up only in development and tests.

Both hold one or more PEM keys. The first signs; all are published, so that the next key can be known everywhere before
it signs and the last one until its tokens have expired.
"""

import os
import re
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from jwtauth.keys import to_jwk

_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A P-256 private key, its public half, and that as a JWK."""

    private: ec.EllipticCurvePrivateKey
    public: ec.EllipticCurvePublicKey  # one object: OpenSSL prepares each new one at its first verification
    jwk: dict[str, Any]

    @property
    def kid(self) -> str:
        """The id in the header of the tokens that it signs."""
        return str(self.jwk["kid"])


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of this process; also the KEY_SOURCE by which auth verifies its own tokens."""

    keys: tuple[SigningKey, ...]

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self.keys[0]

    def jwks(self) -> dict[str, Any]:
        """The JWK set that everyone may read."""
        return {"keys": [key.jwk for key in self.keys]}

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The public key of that id."""
        return next((key.public for key in self.keys if key.kid == kid), None)


class OwnKeySource:
    """JWTAUTH's KEY_SOURCE here: auth needs no network to know its own keys."""

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The public key of that id, or None."""
        return ring().find(kid)

    def age(self) -> float | None:
        """Always fresh: the keys are here."""
        return 0.0 if ring().keys else None


key_source = OwnKeySource()


@cache
def ring() -> KeyRing:
    """The keys that this process was started with.

    Raises ImproperlyConfigured without any, or for what is no unencrypted P-256 key in PEM.
    """
    text = settings.JWT_PRIVATE_KEYS.replace("\\n", "\n")
    if not text and settings.JWT_PRIVATE_KEY_FILE:
        text = _read(Path(settings.JWT_PRIVATE_KEY_FILE))
    if not text and settings.JWT_GENERATE_KEYS == "memory":
        text = _new_pem().decode()
    if not text:
        raise ImproperlyConfigured(
            "No key to sign tokens with: set JWT_PRIVATE_KEYS (PEM) or JWT_PRIVATE_KEY_FILE. "
            "Make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
        )
    keys = tuple(_parse(pem) for pem in _PEM.findall(text))
    if not keys:
        raise ImproperlyConfigured("JWT_PRIVATE_KEYS or JWT_PRIVATE_KEY_FILE holds no private key in PEM.")
    return KeyRing(keys)


def _read(path: Path) -> str:
    if settings.JWT_GENERATE_KEYS == "file" and not path.exists():
        _write_new(path)
    try:
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(f"JWT_PRIVATE_KEY_FILE {path} cannot be read: {error.strerror}.") from None


def _write_new(path: Path) -> None:
    """Makes the file with a new key, readable by the owner only; of several processes at once, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_new_pem())
        os.link(temporary, path)
    except FileExistsError:
        pass  # the other process's key is as good
    finally:
        Path(temporary).unlink()


def _new_pem() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _parse(pem: str) -> SigningKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError
        public = key.public_key()
        return SigningKey(key, public, to_jwk(public))
    except (ValueError, TypeError):
        # Nothing of the key in the message or its chain.
        raise ImproperlyConfigured("A signing key is not an unencrypted P-256 private key in PEM.") from None
