"""Recognises secrets, by the name of a field and by the look of a value. On by default, everywhere."""

import re
from functools import lru_cache
from itertools import pairwise

REDACTED = "[redacted]"

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
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

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


@lru_cache(maxsize=2048)
def is_secret_key(key: str) -> bool:
    """Whether a field of this name holds a secret: `password`, `accessToken`, `X-Api-Key`, `DATABASE_URL` ..."""
    words = [word.lower() for word in _WORD.findall(key[:256])]
    if not words or words[-1] in _HARMLESS_ENDS:
        return False
    if not _SECRET_WORDS.isdisjoint(words):
        return True
    return any(pair in _SECRET_PAIRS for pair in pairwise(words))


def redact_text(text: str) -> str:
    """The text without credentials in URLs, bearer tokens, JWTs and `password=...` pairs."""
    if _SUSPICIOUS.search(text) is None:
        return text
    for pattern, replacement in _VALUE_PATTERNS:
        text = pattern.sub(replacement, text)
    return text
