"""The claims of both kinds of token (docs/contracts.md, "Tokens") and their verification."""

from typing import Any, Literal
from uuid import UUID

import jwt
import msgspec
from jwt.exceptions import ExpiredSignatureError, PyJWTError

from jwtauth.conf import USER_AUDIENCE, config
from jwtauth.errors import TokenExpired, TokenInvalid
from jwtauth.principal import Principal

ALGORITHM = "ES256"
HEADER_TYPE = "at+jwt"
MAX_TOKEN_LENGTH = 8192
# Clocks of two machines differ; PyJWT refuses an `iat` in the future without it.
LEEWAY_SECONDS = 10
_OPTIONS: Any = {"require": ["iss", "aud", "exp", "iat", "jti", "sub", "typ"], "verify_aud": False}


class UserClaims(msgspec.Struct, frozen=True):
    """contracts/claims/user.schema.json."""

    aud: str
    exp: int
    iat: int
    jti: str
    sub: UUID
    typ: Literal["access"]
    sid: UUID
    tv: int
    username: str
    name: str
    email: str
    roles: dict[str, list[str]]
    superuser: bool

    def principal(self) -> Principal:
        """The user that the token speaks for."""
        return Principal(
            id=self.sub,
            kind="user",
            name=self.name,
            username=self.username,
            email=self.email,
            roles=frozenset(f"{system}:{slug}" for system, slugs in self.roles.items() for slug in slugs),
            is_superuser=self.superuser,
            session_id=self.sid,
            token_version=self.tv,
            expires_at=self.exp,
        )


class ServiceClaims(msgspec.Struct, frozen=True):
    """contracts/claims/service.schema.json."""

    aud: str
    exp: int
    iat: int
    jti: str
    sub: UUID
    typ: Literal["service"]
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


def verify(token: str) -> Principal:
    """The caller that a token proves; signature, issuer, audience, times, type and every required claim are checked.

    Raises TokenInvalid, TokenExpired, or KeysUnavailable while no key is known. Whether the token has been revoked
    since is not asked here.
    """
    settings = config()
    if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        raise TokenInvalid
    try:
        key = settings.key_source.find(_kid(token))
        if key is None:
            raise TokenInvalid
        payload = jwt.decode(
            token, key, algorithms=[ALGORITHM], issuer=settings.issuer, options=_OPTIONS, leeway=LEEWAY_SECONDS
        )
        claims = _claims(payload)
    except ExpiredSignatureError:
        raise TokenExpired from None
    except (PyJWTError, msgspec.ValidationError, ValueError, OverflowError, RecursionError):
        # The last three: what a hostile header or a payload of a careless issuer makes the parsers raise.
        raise TokenInvalid from None
    audience = USER_AUDIENCE if isinstance(claims, UserClaims) else settings.service
    if claims.aud != audience:
        raise TokenInvalid
    return claims.principal()


def _kid(token: str) -> str:
    header = jwt.get_unverified_header(token)
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or header.get("typ") != HEADER_TYPE or not isinstance(kid, str):
        raise TokenInvalid
    return kid


def _claims(payload: dict[str, Any]) -> UserClaims | ServiceClaims:
    if payload.get("typ") == "service":
        return msgspec.convert(payload, ServiceClaims)
    return msgspec.convert(payload, UserClaims)
