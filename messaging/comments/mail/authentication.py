"""Whether a mail comes from where its From says: what the desk's own receiving server found (RFC 8601)."""

from email.message import Message

import authres  # type: ignore[import-untyped]

# A header that is longer is none that a server writes.
MAX_HEADER = 10_000
PASS = "pass"  # noqa: S105 - a result


def is_genuine(message: Message, *, sender: str, server: str) -> bool:
    """Whether the server (its authserv-id) vouches for the domain of the sender's address.

    DMARC decides where the server has judged it; else a valid DKIM signature or SPF result of that domain, aligned as
    RFC 7489, 3.1 has it. Only the topmost header of that server counts: it puts its own above what came with the mail,
    and takes out what a sender has put there in its name (RFC 8601, section 5).
    """
    header = _header(message, server)
    domain = sender.rpartition("@")[2].lower()
    if header is None or not domain:
        return False
    judged = [result for result in header.results if result.method == "dmarc" and result.result != "none"]
    if judged:
        return any(result.result == PASS and _value(result, "header", "from") == domain for result in judged)
    return any(
        result.result == PASS and is_aligned(_domain_of(result), domain)
        for result in header.results
        if result.method in ("dkim", "spf")
    )


def is_aligned(found: str, domain: str) -> bool:
    """Whether one of the two domains is, or lies under, the other (relaxed alignment)."""
    return "." in found and (found == domain or domain.endswith(f".{found}") or found.endswith(f".{domain}"))


def _header(message: Message, server: str) -> authres.AuthenticationResultsHeader | None:
    for value in message.get_all("Authentication-Results", []):
        try:
            found = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {str(value)[:MAX_HEADER]}")
        except authres.AuthResError:
            continue
        if str(found.authserv_id).lower() == server:
            return found
    return None


def _domain_of(result: authres.AuthenticationResult) -> str:
    if result.method == "dkim":
        return _value(result, "header", "d") or _value(result, "header", "i").rpartition("@")[2]
    return _value(result, "smtp", "mailfrom").rpartition("@")[2]


def _value(result: authres.AuthenticationResult, kind: str, name: str) -> str:
    values = (found.value for found in result.properties if (found.type, found.name) == (kind, name))
    return str(next(values, "")).lower()
