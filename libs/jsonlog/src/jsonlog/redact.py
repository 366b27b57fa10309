"""Recognises secrets, by the name of a field, by the look of a value, and by the value. On by default, everywhere."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

REDACTED = "[redacted]"
HIDDEN = "[pii]"
# Shorter values would be found in ordinary words.
SHORTEST_KNOWN = 8

_SECRET_WORDS = frozenset(
    {"password", "passwd", "pwd", "passphrase", "secret", "secrets", "token", "tokens", "jwt", "authorization", "dsn"}
    | {"cookie", "cookies", "credential", "credentials", "apikey", "otp"}
)
_SECRET_PAIRS = frozenset(
    {("api", "key"), ("private", "key"), ("signing", "key"), ("encryption", "key"), ("database", "url")}
    | {("broker", "url")}
)
# `token_version` or `password_changed_at` tell about a secret without being one.
_HARMLESS_ENDS = frozenset(
    {"version", "type", "count", "length", "at", "age", "id", "ids", "kind", "name", "scheme", "expires", "ttl"}
)
_PERSONAL = frozenset(
    {"email", "e_mail", "mail", "phone", "telephone", "mobile", "address", "ip", "ip_address", "remote_addr"}
    | {"first_name", "last_name", "full_name", "birthday", "date_of_birth", "user_email", "to_address", "client_ip"}
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Bounded, and begun at a border at a border: an unbounded local part would be tried anew from each of its characters.
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")

_VALUE_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # scheme://user:password@host, as in a DSN
    (re.compile(r"(\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\s:/@\"']{0,256}):[^\s/@\"']{1,1024}@"), rf"\1:{REDACTED}@"),
    (re.compile(r"\b(Bearer|Basic|Token) +[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), rf"\1 {REDACTED}"),
    # a JSON web token: three base64url parts, of which the first is a JSON object
    (re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), REDACTED),
    # password=x and "password": "x"
    (
        re.compile(
            r"((?:password|passwd|passphrase|secret|token|api_?key|authorization|dsn)[\"']?\s*(?:=|(?<=[\"']):)\s*)"
            r"(?:\"[^\"\n]{1,1024}\"|'[^'\n]{1,1024}'|[^\s\"'&,;)}]{1,1024})",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
)
# One cheap search decides whether the patterns above need to be tried at all.
_SUSPICIOUS = re.compile(r"://[^\s/@]*@|eyJ|bearer|basic|pass|secret|token|api_?key|authorization|dsn", re.IGNORECASE)

_known: frozenset[str] = frozenset()
_shows_people = False
# For formatters: the names of fields that hide nothing, with what they have made of each.
harmless: dict[Any, str] = {}


def redact_values(*secrets: str) -> None:
    """From now on these very values are replaced wherever they appear in a line of this process.

    For what has no look of its own: keys and passwords as the settings read them. Values below SHORTEST_KNOWN
    characters are ignored.
    """
    global _known
    _known |= {secret for secret in secrets if len(secret) >= SHORTEST_KNOWN}


def show_people(shown: bool) -> None:
    """Whether e-mail addresses and fields like `phone` or `remote_addr` are logged in this process; at first not."""
    global _shows_people
    _shows_people = shown
    replacement_of.cache_clear()
    harmless.clear()


@lru_cache(maxsize=2048)
def is_secret_key(key: str) -> bool:
    """Whether a field of this name holds a secret: `password`, `accessToken`, `X-Api-Key`, `DATABASE_URL` ..."""
    words = [word.lower() for word in _WORD.findall(key[:256])]
    if not words or words[-1] in _HARMLESS_ENDS:
        return False
    if not _SECRET_WORDS.isdisjoint(words):
        return True
    return any(pair in _SECRET_PAIRS for pair in pairwise(words))


@lru_cache(maxsize=2048)
def replacement_of(key: str) -> str | None:
    """What stands instead of the value of a field of this name, or None if the value may be seen."""
    if is_secret_key(key):
        return REDACTED
    if not _shows_people and "_".join(word.lower() for word in _WORD.findall(key[:256])) in _PERSONAL:
        return HIDDEN
    return None


def redact_text(text: str) -> str:
    """The text without credentials in URLs, bearer tokens, JWTs, `password=...` pairs, known secrets and people."""
    for secret in _known:
        if secret in text:
            text = text.replace(secret, REDACTED)
    if "@" in text and not _shows_people:
        text = _without_people(text)
    # Most texts have none of the patterns' marks, and `in` costs a tenth of a search.
    if "=" in text or ":" in text or "eyJ" in text:
        if _SUSPICIOUS.search(text) is None:
            return text
    elif " " not in text or not _names_a_scheme(text.lower()):
        return text
    for pattern, replacement in _VALUE_PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _names_a_scheme(lower: str) -> bool:
    return "bearer " in lower or "basic " in lower or "token " in lower


def _without_people(text: str) -> str:
    # user:password@host looks like an address; what is behind a "://" is the patterns' business
    return _EMAIL.sub(lambda found: found[0] if _is_in_url(found) else HIDDEN, text)


def _is_in_url(found: re.Match[str]) -> bool:
    before = found.string[max(0, found.start() - 300) : found.start()]
    return "://" in before and not re.search(r"[\s/]", before[before.rindex("://") + 3 :])
