"""An address that says by its signature what a mail to it replies to, and who may reply there.

`helpdesk+TOKEN@example.com` (RFC 5233 subaddress). TOKEN is 42 characters of lower-case Base32 (RFC 4648, no padding),
because mail systems fold the case of addresses: the thread's id (16 bytes) and the first 10 bytes of HMAC-SHA-256 over
`reply-address-1`, the thread's and the person's id. The person is not in it; who receives the mail has to know for whom
it should hold. `contracts/reply_address.json` has test vectors.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from email.utils import parseaddr
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

from servicekit.env import Env

CONTEXT = b"reply-address-1"
MAC_BYTES = 10  # 80 bits: it can only be tried by sending mails
TOKEN_LENGTH = 42
MAX_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
_TOKEN = re.compile(rf"[a-z2-7]{{{TOKEN_LENGTH}}}")


def make_token(*, secret: str, thread: UUID, person: UUID) -> str:
    """Return the token that lets the person, and nobody else, reply to the thread."""
    return _encode(thread.bytes + _mac(secret, thread, person))


def read_token(text: str, *, secrets: Sequence[str], person: UUID) -> UUID | None:
    """Return the thread if the token was made for this person with one of the secrets, else None."""
    thread = thread_of(text)
    if thread is None:
        return None
    found = text.strip().lower()
    valid = [hmac.compare_digest(make_token(secret=key, thread=thread, person=person), found) for key in secrets]
    return thread if any(valid) else None


def thread_of(text: str) -> UUID | None:
    """Return the thread that a token names, unverified; None of what is no token."""
    found = text.strip().lower()
    if not _TOKEN.fullmatch(found):
        return None
    return UUID(bytes=base64.b32decode(found.upper() + "=" * (-len(found) % 8))[:16])


def with_token(address: str, token: str) -> str:
    """Return the desk's address with the token. Raises ValueError for one whose local part becomes too long."""
    local, _, domain = address.rpartition("@")
    if not local or not domain or len(local) + 1 + len(token) > MAX_LOCAL_PART:
        raise ValueError(f"an address for replies has at most {MAX_LOCAL_PART - 1 - TOKEN_LENGTH} characters before @")
    return f"{local}+{token}@{domain}"


def desk_address(env: Env, *, default: str | None) -> str:
    """Read MAIL_DESK_ADDRESS, where people write to, in lower case; None as the default: it is required.

    The empty default stands for no address. Raises ImproperlyConfigured for what is none, or has no room for a token.
    """
    given = env.str("MAIL_DESK_ADDRESS", default=default)
    if not given:
        return ""
    address = parseaddr(given)[1].lower()
    try:
        with_token(address, "a" * TOKEN_LENGTH)
    except ValueError as error:
        raise ImproperlyConfigured(f"MAIL_DESK_ADDRESS is {address!r}: {error}.") from None
    return address


def token_in_address(address: str, *, desk: str) -> str | None:
    """Return the token of an address under the desk's, unverified; None of any other address."""
    local, _, domain = address.strip().lower().rpartition("@")
    desk_local, _, desk_domain = desk.lower().rpartition("@")
    name, plus, token = local.rpartition("+")
    if domain != desk_domain or not plus or name != desk_local or thread_of(token) is None:
        return None
    return token


def token_in_message_id(message_id: str) -> str | None:
    """Return the token at the end of a Message-ID's left part, `<anything.TOKEN@domain>`, unverified."""
    token = message_id.strip().strip("<>").rpartition("@")[0].rpartition(".")[2].lower()
    return token if thread_of(token) is not None else None


def _mac(secret: str, thread: UUID, person: UUID) -> bytes:
    return hmac.new(secret.encode(), CONTEXT + thread.bytes + person.bytes, hashlib.sha256).digest()[:MAC_BYTES]


def _encode(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=").lower()
