"""The seeded accounts, as auth tells them to its administrator."""

from dataclasses import dataclass

from suite.api import Client

ADMIN = "admin"


@dataclass(frozen=True)
class Account:
    id: str
    username: str
    email: str
    name: str
    roles: tuple[str, ...]


def everyone(auth_url: str, password: str) -> list[Account]:
    """All accounts; `roles` as `system:slug`."""
    admin = Client.signed_in(auth_url, ADMIN, password)
    found = [_account(entry) for entry in admin.pages(f"{auth_url}/api/v1/users/")]
    return sorted(found, key=lambda account: account.username)


def _account(entry: dict[str, object]) -> Account:
    return Account(
        id=str(entry["id"]),
        username=str(entry["username"]),
        email=str(entry["email"]),
        name=str(entry["name"]),
        roles=_roles(entry.get("roles")),
    )


def _roles(value: object) -> tuple[str, ...]:
    """Both forms of the contracts: `["tts:agent"]` of the state, `{"tts": ["agent"]}` of a token."""
    if isinstance(value, dict):
        return tuple(f"{system}:{slug}" for system, slugs in value.items() for slug in slugs)
    return tuple(str(role) for role in value) if isinstance(value, list) else ()
