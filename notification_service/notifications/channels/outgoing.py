"""One HTTP POST to an address that somebody typed in: bounded, never redirected, and to no private network.

The name is resolved once and the connection goes to that very address: a name that answers differently the second time
(DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import urllib3
from django.conf import settings

from notifications.channels import PermanentFailure, TemporaryFailure

TIMEOUT_SECONDS = 5.0
# What a receiver may want to be told again about (RFC 9110, RFC 6585); every other 4xx is about the request itself.
TRY_AGAIN = frozenset({408, 421, 425, 429})


def post(url: str, body: bytes, headers: Mapping[str, str]) -> str:
    """Send the body and answer `http_<status>` of a 2xx. Raises TemporaryFailure or PermanentFailure."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise PermanentFailure("address_invalid") from None
    address = _resolve(host, port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Content-Type": "application/json", "User-Agent": "tts-notifications", "Host": parts.netloc, **headers}
    with _pool(parts.scheme, address, port, host) as pool:
        try:
            answer = pool.urlopen(
                "POST",
                path,
                body=body,
                headers=sent,
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(total=TIMEOUT_SECONDS),
                preload_content=False,
            )
            answer.close()  # nobody reads what they say, however much of it there is
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise TemporaryFailure("unreachable") from error
    return _judge(answer.status)


def _judge(status: int) -> str:
    if 200 <= status < 300:
        return f"http_{status}"
    if status >= 500 or status in TRY_AGAIN:
        raise TemporaryFailure(f"http_{status}")
    raise PermanentFailure(f"http_{status}")


def _pool(scheme: str, address: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
    if scheme == "https":
        return urllib3.HTTPSConnectionPool(address, port, server_hostname=host, assert_hostname=host)
    return urllib3.HTTPConnectionPool(address, port)


def _resolve(host: str, port: int) -> str:
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise TemporaryFailure("name_not_found") from error
    if host not in settings.WEBHOOK_ALLOWED_HOSTS and not all(_is_public(address) for address in found):
        raise PermanentFailure("address_not_allowed")
    return found[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    # An IPv4 address in IPv6's clothes is judged as what it is.
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return (mapped or address).is_global and not address.is_multicast
