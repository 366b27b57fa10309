"""What a personal access token may do: `SERVICE:read` opens a service's safe methods, `SERVICE:write` all of them."""

from jwtauth.conf import config
from jwtauth.errors import ScopeInsufficient
from jwtauth.principal import Principal

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def require(principal: Principal, method: str | None) -> None:
    """Raises ScopeInsufficient (403) when a delegated caller lacks this service's scope for the HTTP method.

    Asked before any view, so that none can forget it; whoever signed in themselves has no scopes and passes.
    """
    if not principal.is_delegated:
        return
    service = config().service
    write = f"{service}:write"
    if write in principal.scopes:
        return
    if method not in SAFE_METHODS:
        raise ScopeInsufficient(write)
    read = f"{service}:read"
    if read not in principal.scopes:
        raise ScopeInsufficient(read)
