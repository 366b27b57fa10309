"""The private keys that sign tokens: from the environment or a file; made up only in development and tests.

Of the keys whose time has come the latest signs, the first of those that came at once; all are published until their
time is over, so that the next key is known everywhere before it signs, and the last one until its tokens have expired
(`manage.py rotate_keys`, users.key_files).
"""

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from users import key_files
from users.key_files import SigningKey

logger = logging.getLogger(__name__)

# How soon a process notices that the file has changed.
LOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of this process; also the KEY_SOURCE by which auth verifies its own tokens."""

    keys: tuple[SigningKey, ...]

    @property
    def current(self) -> SigningKey:
        """The key that signs now."""
        now = time.time()
        begun = [key for key in self.valid() if key.signs_from <= now] or [*self.keys]
        return max(begun, key=lambda key: key.signs_from)  # the first of equals

    def valid(self) -> list[SigningKey]:
        """Those that are not over, the next one included."""
        now = time.time()
        return [key for key in self.keys if now < key.valid_until]

    def jwks(self) -> dict[str, Any]:
        """The JWK set that everyone may read."""
        return {"keys": [key.jwk for key in self.valid()]}

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The public key of that id."""
        return next((key.public for key in self.valid() if key.kid == kid), None)


class OwnKeySource:
    """JWTAUTH's KEY_SOURCE here: auth needs no network to know its own keys."""

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The public key of that id, or None."""
        return ring().find(kid)

    def age(self) -> float | None:
        """Always fresh: the keys are here."""
        return 0.0 if ring().keys else None


class Keys:
    """The ring of this process; a file is read again when it has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """The next call reads all anew."""
        self._ring: KeyRing | None = None
        self._stamp: tuple[int, ...] = ()
        self._looked = 0.0

    def __call__(self) -> KeyRing:
        """The keys.

        Raises ImproperlyConfigured at the first call without any, or for what is no unencrypted P-256 key in PEM; later
        the keys from before go on.
        """
        ring = self._ring
        if ring is not None and (not key_file() or time.monotonic() - self._looked < LOOK_SECONDS):
            return ring
        with self._lock:
            return self._look()

    def _look(self) -> KeyRing:
        path, before = key_file(), self._ring
        stamp = _stamp(path) if path else ()
        self._looked = time.monotonic()
        if before is not None and stamp == self._stamp:
            return before
        try:
            self._ring = load()
        except ImproperlyConfigured:
            if before is None:
                raise
            logger.exception("the changed signing keys are unusable; those from before go on")
        self._stamp = _stamp(path) if path else ()
        return self._ring or load()


ring = Keys()
key_source = OwnKeySource()


def key_file() -> Path | None:
    """The file that holds the keys; None where the environment does."""
    if settings.JWT_PRIVATE_KEYS or not settings.JWT_PRIVATE_KEY_FILE:
        return None
    return Path(settings.JWT_PRIVATE_KEY_FILE)


def load() -> KeyRing:
    """The keys as they stand in the environment or the file now. Raises ImproperlyConfigured."""
    path = key_file()
    text = _read(path) if path else settings.JWT_PRIVATE_KEYS.replace("\\n", "\n")
    if not text and settings.JWT_GENERATE_KEYS == "memory":
        return KeyRing((key_files.new_key(),))
    if not text:
        raise ImproperlyConfigured(
            "No key to sign tokens with: set JWT_PRIVATE_KEYS (PEM) or JWT_PRIVATE_KEY_FILE. "
            "Make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
        )
    keys = key_files.parse(text)
    if not keys:
        raise ImproperlyConfigured("JWT_PRIVATE_KEYS or JWT_PRIVATE_KEY_FILE holds no private key in PEM.")
    return KeyRing(keys)


def _read(path: Path) -> str:
    if settings.JWT_GENERATE_KEYS == "file" and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        key_files.write(path, key_files.render([key_files.new_key()]), replace=False)
    try:
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(f"JWT_PRIVATE_KEY_FILE {path} cannot be read: {error.strerror}.") from None


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size, found.st_ino)
