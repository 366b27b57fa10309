"""The people of these tests, and how they come in."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from unittest import mock

import jwt
from django.test import TestCase, override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from jwtauth.claims import verify
from jwtauth.principal import Principal
from users.client_info import ClientInfo
from users.hashers import Argon2idPasswordHasher
from users.models import PersonalAccessToken, Registration, Role, ServiceClient, User
from users.seeding import seed_systems
from users.services.accounts import user_create
from users.services.links import token_digest
from users.services.personal_tokens import personal_token_exchange
from users.services.service_clients import service_client_set
from users.services.sessions import TokenPair, session_start
from users.tokens import service_token

PASSWORD = "correct horse battery staple"


def role(name: str) -> Role:
    """The seeded role `system:slug`."""
    system, _, slug = name.partition(":")
    return Role.objects.select_related("system").get(system__slug=system, slug=slug)


def person(username: str, *roles: str, password: str | None = None, **values: Any) -> User:
    """A new account; without a password, which saves its hash."""
    values = {"name": username.title(), "email": f"{username}@example.com", **values}
    return user_create(username=username, password=password, roles=[role(name) for name in roles], **values)


def signed_in(user: User) -> tuple[APIClient, TokenPair]:
    """A client with a session of this user, and its tokens; it edits whatever version there is."""
    pair = session_start(user=user, client=ClientInfo())
    return _bearer(pair.access), pair


def client_of(user: User) -> APIClient:
    """A client with a session of this user."""
    return signed_in(user)[0]


def _bearer(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}", HTTP_IF_MATCH="*")
    return client


def claims_of(token: str) -> dict[str, Any]:
    """The payload, as anyone can read it."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def principal(user: User) -> Principal:
    """Who the user is to a view, with a session that began now."""
    return verify(signed_in(user)[1].access)


def later(**delta: float) -> AbstractContextManager[object]:
    """While it lasts, Django's clock is ahead by so much."""
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(**delta))


def service_client(name: str, *scopes: str) -> ServiceClient:
    """A service's credentials."""
    service_client_set(client_id=name, secret="s" * 40, scopes=[*scopes], overwrite=True)
    return ServiceClient.objects.get(client_id=name)


def service_client_of(name: str, audience: str = "auth-service", scopes: Sequence[str] = ("events:read",)) -> APIClient:
    """A client with a token of this service."""
    return _bearer(service_token(client=service_client(name, *scopes), audience=audience))


def registration(username: str, **values: Any) -> Registration:
    """Somebody who asks for an account."""
    values = {"name": username.title(), "email": f"{username}@example.com", **values}
    return Registration.objects.create(username=username, **values)


def personal_token(user: User, *scopes: str, days: float = 90) -> tuple[PersonalAccessToken, str]:
    """A personal access token and its text."""
    text = f"tts_pat_{user.username}-{PersonalAccessToken.objects.count()}"
    row = PersonalAccessToken.objects.create(
        user=user,
        name="script",
        scopes=list(scopes),
        token_hash=token_digest(text),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return row, text


def script_of(user: User, *scopes: str) -> APIClient:
    """A script with an access token of a personal access token with these scopes."""
    return _bearer(personal_token_exchange(token=personal_token(user, *scopes)[1], client=ClientInfo())[0])


class CheapHasher(Argon2idPasswordHasher):
    """The real one at a cost that a thousand tests can bear; `test_sign_in` looks at what is really stored."""

    memory_cost = 8


@override_settings(PASSWORD_HASHERS=["users.tests.cast.CheapHasher"])
class CastTestCase(TestCase):
    """Erin and Emil are Employees; Alan works on tickets, Cora coordinates, Ada runs tts, Hedda hdts, Amos ams.

    Root may do all. Charlie has an account and no role.
    """

    erin: User
    emil: User
    alan: User
    cora: User
    ada: User
    hedda: User
    amos: User
    root: User
    charlie: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Plants systems and people; only Erin has a password."""
        seed_systems(force=False)
        cls.erin = person("erin", "hdts:employee", password=PASSWORD, name="Erin Employee", department="Sales")
        cls.emil = person("emil", "hdts:employee")
        cls.alan = person("alan", "tts:agent")
        cls.cora = person("cora", "tts:ticket-coordinator")
        cls.ada = person("ada", "tts:admin")
        cls.hedda = person("hedda", "hdts:admin")
        cls.amos = person("amos", "ams:admin")
        cls.root = person("root", is_superuser=True)
        cls.charlie = person("charlie")
