"""For tests of services: a key pair of this process, tokens signed with it, and API clients that are signed in.

A service's test settings name `jwtauth.testing.key_source` as KEY_SOURCE, so that no test needs auth.
"""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from rest_framework.test import APIClient

from jwtauth.claims import ALGORITHM, HEADER_TYPE
from jwtauth.conf import USER_AUDIENCE, config
from jwtauth.keys import to_jwk
from jwtauth.principal import Principal
from servicekit.ids import uuid7

private_key = ec.generate_private_key(ec.SECP256R1())
_public_key = private_key.public_key()
jwk = to_jwk(_public_key)


class TestKeySource:
    """Knows exactly the test key."""

    __test__ = False

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The test key under its own id."""
        return _public_key if kid == jwk["kid"] else None

    def age(self) -> float | None:
        """Always fresh."""
        return 0.0


key_source = TestKeySource()


def sign(claims: dict[str, Any], **headers: Any) -> str:
    """A token with exactly these claims, signed with the test key; a header can be overridden."""
    return jwt.encode(
        claims, private_key, algorithm=ALGORITHM, headers={"typ": HEADER_TYPE, "kid": jwk["kid"], **headers}
    )


def user_claims(*, user_id: UUID, roles: Iterable[str] = (), expires_in: int = 600, **claims: Any) -> dict[str, Any]:
    """Complete claims of a user's access token; `roles` as `system:slug`; any claim can be overridden."""
    by_system: dict[str, list[str]] = {}
    for role in roles:
        system, _, slug = role.partition(":")
        by_system.setdefault(system, []).append(slug)
    now = int(time.time())
    return {
        "iss": config().issuer,
        "aud": USER_AUDIENCE,
        "exp": now + expires_in,
        "iat": now,
        "jti": str(uuid7()),
        "sub": str(user_id),
        "typ": "access",
        "sid": str(uuid7()),
        "tv": 0,
        "username": "someone",
        "name": "Some One",
        "email": "someone@example.com",
        "roles": by_system,
        "superuser": False,
        **claims,
    }


def service_claims(
    *, client_id: str, scope: str = "", audience: str = "", expires_in: int = 3600, **claims: Any
) -> dict[str, Any]:
    """Complete claims of a service's token; the audience is the service under test unless given."""
    now = int(time.time())
    return {
        "iss": config().issuer,
        "aud": audience or config().service,
        "exp": now + expires_in,
        "iat": now,
        "jti": str(uuid7()),
        "sub": str(uuid7()),
        "typ": "service",
        "client_id": client_id,
        "scope": scope,
        **claims,
    }


def make_token(*, user_id: UUID | None = None, roles: Iterable[str] = (), **claims: Any) -> str:
    """A user's access token, signed with the test key; `expires_in=-60` makes an expired one."""
    return sign(user_claims(user_id=user_id or uuid7(), roles=roles, **claims))


class SignedInClient(APIClient):
    """An API client that sends a token with every request and knows whose."""

    principal: Principal

    @property
    def user_id(self) -> UUID:
        """The caller's id."""
        return self.principal.id


def client_for(claims: dict[str, Any]) -> SignedInClient:
    """A client that signs in with these claims."""
    from jwtauth.claims import verify

    token = sign(claims)
    client = SignedInClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    client.principal = verify(token)
    return client


def api_client(
    *, roles: Iterable[str] = (), user_id: UUID | None = None, name: str = "Some One", **claims: Any
) -> SignedInClient:
    """A client signed in as a user with these roles (`system:slug`)."""
    return client_for(user_claims(user_id=user_id or uuid7(), roles=roles, name=name, **claims))


def service_client(client_id: str, scope: str = "", audience: str = "") -> SignedInClient:
    """A client signed in as a service with these space-separated scopes."""
    return client_for(service_claims(client_id=client_id, scope=scope, audience=audience))
