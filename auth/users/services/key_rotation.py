"""Another key, in one step: published now, signing later, the one before valid until its tokens have expired."""

import time
from dataclasses import replace
from datetime import timedelta

from users import key_files, signing
from users.errors import RotationUnderWay
from users.key_files import SigningKey
from users.services.audit import audit_record
from users.tokens import ServiceToken

# The set may be cached for five minutes, and services ask for it every five.
LEAD = timedelta(minutes=15)
# The longest life of a token, and clocks that differ.
OVERLAP = ServiceToken.lifetime + timedelta(minutes=5)


def rotated(keys: list[SigningKey], *, current: SigningKey, lead: timedelta) -> list[SigningKey]:
    """The keys with a new one that signs after `lead`, and all others over when the last of their tokens is.

    Raises RotationUnderWay while a key is published that has not signed yet.
    """
    now = time.time()
    if any(key.signs_from > now for key in keys):
        raise RotationUnderWay
    begins = now + lead.total_seconds()
    over = begins + OVERLAP.total_seconds()
    # The one that signs stays first: without times, as older releases read them, the first signs.
    kept = [replace(key, valid_until=min(key.valid_until, over)) for key in keys if key.valid_until > now]
    kept.sort(key=lambda key: key.kid != current.kid)
    return [*kept, key_files.new_key(signs_from=begins)]


def keys_rotate(*, lead: timedelta = LEAD, compromised: bool = False) -> str:
    """Rotates, and returns what JWT_PRIVATE_KEYS must become; empty where a file holds the keys, which is rewritten.

    `compromised`: the new key signs at once and no other is valid any more, nor is any token. Raises RotationUnderWay,
    ImproperlyConfigured.
    """
    path = signing.key_file()
    if path is None:
        text = _rotated_text(signing.load(), lead, compromised)
        return text.strip().replace("\n", "\\n")
    with key_files.locked(path.parent):
        key_files.write(path, _rotated_text(signing.load(), lead, compromised), replace=True)
    signing.ring.forget()
    return ""


def _rotated_text(ring: signing.KeyRing, lead: timedelta, compromised: bool) -> str:
    if compromised:
        keys = [key_files.new_key(signs_from=time.time())]
    else:
        keys = rotated([*ring.keys], current=ring.current, lead=lead)
    audit_record(event="keys_rotated", detail={"kid": keys[-1].kid, "compromised": compromised})
    return key_files.render(keys)
