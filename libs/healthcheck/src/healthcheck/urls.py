"""HTTP connections to a URL, without Django and without a library."""

import http.client
from urllib.parse import urlsplit


def connection_to(url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    """A connection, not opened yet, and the target to ask for. Raises ValueError for what is no http or https URL."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url}: not an http or https URL")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return kind(parts.hostname, parts.port, timeout=timeout), target
