"""Whether a mail comes from where its From says: what the desk's own receiving server found (RFC 8601).

A header is read here, as authres, the one library for it, comes without a wheel and has had no release since 2019.
What does not follow the grammar vouches for nothing.
"""

import re
from dataclasses import dataclass, field
from email.message import Message

# A header that is longer is none that a server writes.
MAX_HEADER = 10_000
PASS = "pass"  # noqa: S105 - a result
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([;=])|([^\s;="]+)')


@dataclass(frozen=True)
class Finding:
    """One `method=result` with its properties, such as `header.from`; all in lower case."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)

    def domain(self, *names: str) -> str:
        """The domain of the first of these properties that is there: a domain, or an address in it."""
        return next((self.properties[name].rpartition("@")[2] for name in names if name in self.properties), "")


def is_genuine(message: Message, *, sender: str, server: str) -> bool:
    """Whether the server (its authserv-id) vouches for the domain of the sender's address.

    DMARC decides where the server has judged it; else a valid DKIM signature or SPF result of that domain, aligned as
    RFC 7489, 3.1 has it. Only the topmost header of that server counts: it puts its own above what came with the mail,
    and takes out what a sender has put there in its name (RFC 8601, section 5).
    """
    domain = sender.rpartition("@")[2].lower()
    headers = (read(str(value)) for value in message.get_all("Authentication-Results", []))
    findings = next((findings for name, findings in headers if name == server), [])
    judged = [found for found in findings if found.method == "dmarc" and found.result != "none"]
    if judged:
        return all(found.result == PASS and found.domain("header.from") == domain for found in judged)
    valid = [found for found in findings if found.result == PASS]
    signed = [found.domain("header.d", "header.i") for found in valid if found.method == "dkim"]
    sent = [found.domain("smtp.mailfrom") for found in valid if found.method == "spf"]
    return any(is_aligned(found, domain) for found in signed + sent)


def is_aligned(found: str, domain: str) -> bool:
    """Whether one of the two domains is, or lies under, the other (relaxed alignment)."""
    both = "." in found and "." in domain
    return both and (found == domain or domain.endswith(f".{found}") or found.endswith(f".{domain}"))


def read(header: str) -> tuple[str, list[Finding]]:
    """Return the authserv-id and the findings of an Authentication-Results header; an empty id of what is none."""
    text = _without_comments(header.lower()) if len(header) <= MAX_HEADER else ""
    parts: list[list[tuple[str, str, str]]] = [[]]
    for token in _TOKEN.findall(text):
        if token[1] == ";":
            parts.append([])
        else:
            parts[-1].append(token)
    name = parts[0][0][0] or parts[0][0][2] if parts[0] else ""
    return name, [found for part in parts[1:] if (found := _finding(part)) is not None]


def _finding(tokens: list[tuple[str, str, str]]) -> Finding | None:
    pairs = []
    for at in range(0, len(tokens) - 2, 3):
        (_, _, key), (_, sign, _), (quoted, _, atom) = tokens[at : at + 3]
        if not key or sign != "=":
            break
        pairs.append((key, quoted or atom))
    if not pairs:
        return None
    (method, result), *properties = pairs
    return Finding(method.partition("/")[0], result, dict(properties))


def _without_comments(text: str) -> str:
    """Take out what is in parentheses, which may be nested; nothing is left where they are not balanced."""
    kept, depth, quoted, escaped = [], 0, False, False
    for character in text:
        if not escaped and character == '"' and not depth:
            quoted = not quoted
        opening, closing = (not quoted and not escaped and character == sign for sign in "()")
        depth += opening
        if not depth:
            kept.append(character)
        if closing:
            depth -= 1
            if depth < 0:
                return ""
        escaped = character == "\\" and not escaped
    return "" if depth or quoted else "".join(kept)
