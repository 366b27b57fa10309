"""Signing keys as text: PEM, and before each key, as comments (RFC 7468, section 2), from and until when it counts.

    # signs-from: 2026-11-25T18:00:00Z
    # valid-until: 2026-12-25T19:05:00Z
    -----BEGIN PRIVATE KEY-----

Without them a key has counted ever since, and does for good.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured

from jwtauth.keys import to_jwk

_KEY = re.compile(
    r"(?P<notes>(?:^#[^\n]*\n)*)(?P<pem>^-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----)",
    re.DOTALL | re.MULTILINE,
)
_NOTE = re.compile(r"^# (signs-from|valid-until): (.*)$", re.MULTILINE)
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A P-256 private key, its public half, that as a JWK, and the seconds since 1970 between which it counts."""

    private: ec.EllipticCurvePrivateKey
    public: ec.EllipticCurvePublicKey  # one object: OpenSSL prepares each new one at its first verification
    jwk: dict[str, Any]
    signs_from: float = 0.0
    valid_until: float = float("inf")

    @property
    def kid(self) -> str:
        """The id in the header of the tokens that it signs."""
        return str(self.jwk["kid"])


def new_key(*, signs_from: float = 0.0) -> SigningKey:
    """A key that nobody has seen."""
    return _signing_key(ec.generate_private_key(ec.SECP256R1()), signs_from=signs_from)


def parse(text: str) -> tuple[SigningKey, ...]:
    """The keys of a text; raises ImproperlyConfigured for what is no unencrypted P-256 key, or no time."""
    return tuple(_parse(found["pem"], found["notes"]) for found in _KEY.finditer(text))


def render(keys: Iterable[SigningKey]) -> str:
    """The text of which `parse` makes these keys."""
    return "".join(_notes(key) + _pem(key) for key in keys)


def write(path: Path, text: str, *, replace: bool) -> None:
    """Writes the whole file or nothing, readable by the owner only; without `replace` an existing file stays."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(temporary).replace(path)
        else:
            os.link(temporary, path)
    except FileExistsError:
        pass  # another process's key is as good
    finally:
        Path(temporary).unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """While it lasts, no other process of this host is in here."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        flock(descriptor, LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _parse(pem: str, notes: str) -> SigningKey:
    times = {name: _seconds(text) for name, text in _NOTE.findall(notes)}
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError
        return _signing_key(
            key,
            signs_from=times.get("signs-from", 0.0),
            valid_until=times.get("valid-until", float("inf")),
        )
    except (ValueError, TypeError):
        # Nothing of the key in the message or its chain.
        raise ImproperlyConfigured("A signing key is not an unencrypted P-256 private key in PEM.") from None


def _signing_key(key: ec.EllipticCurvePrivateKey, **times: float) -> SigningKey:
    public = key.public_key()
    return SigningKey(key, public, to_jwk(public), **times)


def _seconds(text: str) -> float:
    try:
        return datetime.strptime(text.strip(), _FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise ImproperlyConfigured("A time before a signing key is not like 2026-11-25T18:00:00Z.") from None


def _notes(key: SigningKey) -> str:
    text = ""
    if key.signs_from:
        text += f"# signs-from: {_time(key.signs_from)}\n"
    if key.valid_until != float("inf"):
        text += f"# valid-until: {_time(key.valid_until)}\n"
    return text


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_FORMAT)


def _pem(key: SigningKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
