"""Where a request comes from, as far as it can be believed."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """The address (empty when unknown) and the browser's own word about itself, cut to what the tables hold."""

    address: str = ""
    user_agent: str = ""

    @property
    def network(self) -> str:
        """What attempts are counted by: the address, for IPv6 its /64, as one host commands all of that."""
        try:
            address = ip_address(self.address)
        except ValueError:
            return ""
        if isinstance(address, IPv6Address):
            return str(ip_network((address, 64), strict=False))
        return str(address)


def client_info(request: HttpRequest) -> ClientInfo:
    """The peer; behind TRUSTED_PROXIES the last X-Forwarded-For entry that is none of them; clients write the rest."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    address = _canonical(str(request.META.get("REMOTE_ADDR", "")))
    while hops and _is_trusted(address):
        address = _canonical(hops.pop())
    return ClientInfo(address, request.headers.get("User-Agent", "")[:300])


def _is_trusted(text: str) -> bool:
    return bool(text) and any(ip_address(text) in ip_network(proxy) for proxy in settings.TRUSTED_PROXIES)


def _canonical(text: str) -> str:
    """The address in its one spelling, also of an IPv4 peer of a socket that is bound to `[::]`; "" for nonsense."""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)[:45]
