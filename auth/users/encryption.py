"""What auth must be able to read again is encrypted at rest, under a key that is made from DJANGO_SECRET_KEY."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


def encrypt(text: str) -> str:
    """The text as an authenticated token (Fernet)."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of `encrypt`, under the present secret key or one of SECRET_KEY_FALLBACKS; raises InvalidToken."""
    return _cipher().decrypt(token.encode()).decode()


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(force_bytes(secret), b"users.encryption", hashlib.sha256))
