"""Access tokens: simplejwt's shell around auth's own claims, signed with ES256 under a key id."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.tokens import Token

from jwtauth.claims import ALGORITHM, HEADER_TYPE
from jwtauth.conf import USER_AUDIENCE, config
from users import signing
from users.models import ServiceClient, User


class SigningBackend(TokenBackend):
    """simplejwt's knows neither key ids nor several keys. This one only signs; verification is jwtauth's."""

    def __init__(self) -> None:
        super().__init__(ALGORITHM)

    def encode(self, payload: dict[str, Any]) -> str:
        """The signed token with `iss`, the key id and the type `at+jwt` (RFC 9068)."""
        key = signing.ring().current
        headers = {"kid": key.kid, "typ": HEADER_TYPE}
        return jwt.encode({**payload, "iss": config().issuer}, key.private, algorithm=ALGORITHM, headers=headers)


class IssuedToken(Token):
    """A token that auth signs; made here and never parsed here."""

    def get_token_backend(self) -> SigningBackend:
        """auth's own backend instead of the one in simplejwt's settings."""
        return SigningBackend()


class AccessToken(IssuedToken):
    """A user's token, claims as in contracts/claims/user.schema.json."""

    token_type = "access"  # noqa: S105 - a type, not a secret
    lifetime = timedelta(minutes=10)


class ServiceToken(IssuedToken):
    """A service's token, claims as in contracts/claims/service.schema.json."""

    token_type = "service"  # noqa: S105 - a type, not a secret
    lifetime = timedelta(minutes=60)


def access_token(*, user: User, session_id: UUID, roles: list[str], scopes: list[str] | None = None) -> str:
    """A signed access token of this session; `roles` are `system:slug`.

    With `scopes`, even none, it is a script's: `session_id` is its personal access token's id.
    """
    by_system: dict[str, list[str]] = {}
    for role in roles:
        system, _, slug = role.partition(":")
        by_system.setdefault(system, []).append(slug)
    token = AccessToken()
    token.payload |= {
        "aud": USER_AUDIENCE,
        "sub": str(user.pk),
        "sid": str(session_id),
        "tv": user.token_version,
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "roles": by_system,
        "superuser": user.is_superuser,
    }
    if scopes is not None:
        token.payload["scope"] = " ".join(scopes)
    return str(token)


def service_token(*, client: ServiceClient, audience: str) -> str:
    """A signed token with which the client may call the service named `audience`."""
    token = ServiceToken()
    token.payload |= {
        "aud": audience,
        "sub": str(client.pk),
        "client_id": client.client_id,
        "scope": " ".join(client.scopes),
    }
    return str(token)
