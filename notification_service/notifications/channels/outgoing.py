"""One HTTP POST to an address that somebody typed in: bounded, never redirected, and to no private network.

The name is resolved once and the connection goes to that very address: a name that answers differently the second time
(DNS rebinding) gains nothing.
"""

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection

from notifications.channels import PermanentFailure, TemporaryFailure

TIMEOUT_SECONDS = 5.0
# What a receiver may want to be told again about (RFC 9110, RFC 6585); every other 4xx is about the request itself.
TRY_AGAIN = frozenset({408, 421, 425, 429})


# IPv4 addresses that a network translates (RFC 6052), and forms that nothing public has (RFC 4291, RFC 3879).
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_OBSOLETE = (ipaddress.ip_network("::/96"), ipaddress.ip_network("fec0::/10"), ipaddress.ip_network("64:ff9b:1::/48"))


class _Bounded:
    """A connection that waits for the whole head of an answer as long as for any other part of it.

    A read's own time limit begins anew with each byte: a receiver that lets them trickle would hold up all others.
    """

    sock: Any

    def getresponse(self) -> Any:
        """Read the head. Raises TimeoutError, and what reading raises."""
        over = threading.Event()
        timer = threading.Timer(TIMEOUT_SECONDS, _hang_up, [self.sock, over])
        timer.daemon = True
        timer.start()
        try:
            answer = super().getresponse()  # type: ignore[misc]
        finally:
            timer.cancel()
        if over.is_set():  # what there was of the head is taken for all of it
            raise TimeoutError
        return answer


class _Connection(_Bounded, HTTPConnection):
    """Bounded."""


class _TlsConnection(_Bounded, HTTPSConnection):
    """Bounded."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _hang_up(sock: socket.socket, over: threading.Event) -> None:
    over.set()
    # The plain socket's: TLS would say goodbye first, to somebody who does not listen.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


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
        return _TlsPool(address, port, server_hostname=host, assert_hostname=host)
    return _Pool(address, port)


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
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in _OBSOLETE):
            return False
        # An IPv4 address in IPv6's clothes is judged as what it is.
        translated = ipaddress.IPv4Address(address.packed[-4:]) if address in _TRANSLATED else None
        address = address.ipv4_mapped or address.sixtofour or translated or address
    return address.is_global and not address.is_multicast
