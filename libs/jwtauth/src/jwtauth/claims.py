"""The claims of both kinds of token (docs/contracts.md, "Tokens") and their verification."""

import time
from uuid import UUID

import msgspec

from jwtauth import jws
from jwtauth.conf import USER_AUDIENCE, config
from jwtauth.errors import TokenExpired, TokenInvalid
from jwtauth.principal import Principal

ALGORITHM = "ES256"
HEADER_TYPE = "at+jwt"
MAX_TOKEN_LENGTH = 8192
# Clocks of two machines differ.
LEEWAY_SECONDS = 10


class Claims(msgspec.Struct, frozen=True, kw_only=True, tag_field="typ"):
    """What both kinds of token say; `typ` tells which kind it is."""

    iss: str
    aud: str
    exp: int
    iat: int
    nbf: int = 0
    jti: str
    sub: UUID


class UserClaims(Claims, frozen=True, kw_only=True, tag="access"):
    """contracts/claims/user.schema.json."""

    sid: UUID
    tv: int
    username: str
    name: str
    email: str
    roles: dict[str, list[str]]
    superuser: bool
    scope: str | msgspec.UnsetType = msgspec.UNSET

    def principal(self) -> Principal:
        """The user that the token speaks for."""
        return Principal(
            id=self.sub,
            kind="user",
            name=self.name,
            username=self.username,
            email=self.email,
            roles=frozenset([f"{system}:{slug}" for system, slugs in self.roles.items() for slug in slugs]),
            is_superuser=self.superuser,
            is_delegated=self.scope is not msgspec.UNSET,
            scopes=frozenset() if self.scope is msgspec.UNSET else frozenset(self.scope.split()),
            session_id=self.sid,
            token_version=self.tv,
            expires_at=self.exp,
        )


class ServiceClaims(Claims, frozen=True, kw_only=True, tag="service"):
    """contracts/claims/service.schema.json."""

    client_id: str
    scope: str

    def principal(self) -> Principal:
        """The service that the token speaks for."""
        return Principal(
            id=self.sub,
            kind="service",
            name=self.client_id,
            client_id=self.client_id,
            scopes=frozenset(self.scope.split()),
            expires_at=self.exp,
        )


_CLAIMS: msgspec.json.Decoder[UserClaims | ServiceClaims] = msgspec.json.Decoder(UserClaims | ServiceClaims)


def verify(token: str) -> Principal:
    """The caller that a token proves; signature, issuer, audience, times, type and every required claim are checked.

    Raises TokenInvalid, TokenExpired, or KeysUnavailable while no key is known. Whether the token has been revoked
    since is not asked here. Costs little beyond the signature: bench/verification.py.
    """
    settings = config()
    if len(token) > MAX_TOKEN_LENGTH:
        raise TokenInvalid
    payload = jws.verified_payload(token, settings.key_source)
    try:
        claims = _CLAIMS.decode(payload)
    except (ValueError, RecursionError):
        # ValueError has msgspec's errors and those of bytes that are no UTF-8.
        raise TokenInvalid from None
    audience = USER_AUDIENCE if isinstance(claims, UserClaims) else settings.service
    if claims.iss != settings.issuer or claims.aud != audience:
        raise TokenInvalid
    now = time.time()
    if max(claims.iat, claims.nbf) > now + LEEWAY_SECONDS:
        raise TokenInvalid
    if claims.exp <= now - LEEWAY_SECONDS:
        raise TokenExpired
    return claims.principal()
