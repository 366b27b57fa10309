"""DRF's authentication by Bearer token."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

import jsonlog.context
from jwtauth import scopes
from jwtauth.claims import verify
from jwtauth.conf import config
from jwtauth.errors import TokenInvalid, TokenRevoked
from jwtauth.principal import Principal


class JWTAuthentication(BaseAuthentication):
    """Makes the verified Principal `request.user`; a request without a Bearer token is anonymous."""

    def authenticate(self, request: Request) -> tuple[Principal, str] | None:
        """The caller and their token, or None without one.

        Raises TokenInvalid, TokenExpired, TokenRevoked (401), ScopeInsufficient (403), KeysUnavailable (503). Costs one
        indexed query.
        """
        scheme, _, rest = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            token = rest.strip().decode("ascii")
        except UnicodeDecodeError:
            raise TokenInvalid from None
        principal = verify(token)
        if config().is_revoked(principal):
            raise TokenRevoked
        scopes.require(principal, request.method)
        jsonlog.context.set_actor(principal.as_actor())
        return principal, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401, without which DRF would answer 403."""
        return "Bearer"
