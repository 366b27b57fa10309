"""Who is calling: a user or a service, as their verified token says."""

from dataclasses import dataclass, field
from typing import Literal, cast
from uuid import UUID

from rest_framework.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A caller. `roles` are `system:slug`; `session_id` and `token_version` a user's.

    `is_delegated`: a user's script with a personal access token; it may do what `scopes` say of what the user may.
    A service's `scopes` are all that it may do.

    `expires_at` is when their token ends, in seconds since 1970.
    """

    id: UUID
    kind: Literal["user", "service"]
    name: str
    username: str = ""
    email: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    is_superuser: bool = False
    is_delegated: bool = False
    scopes: frozenset[str] = field(default_factory=frozenset)
    client_id: str = ""
    session_id: UUID | None = None
    token_version: int = 0
    expires_at: int = field(default=0, compare=False)

    is_authenticated = True
    is_anonymous = False

    @property
    def pk(self) -> UUID:
        """The id, under the name that Django's and DRF's own code asks a user for."""
        return self.id

    @property
    def is_user(self) -> bool:
        """A person, not a service."""
        return self.kind == "user"

    @property
    def is_staff(self) -> bool:
        """Holds any role of tts, or may do all."""
        return self.is_user and (self.is_superuser or any(role.startswith("tts:") for role in self.roles))

    def has_role(self, *roles: str) -> bool:
        """Holds at least one of the roles (`system:slug`); a superuser holds all, a service none."""
        return self.is_user and (self.is_superuser or not self.roles.isdisjoint(roles))

    def as_actor(self) -> dict[str, str]:
        """The `actor` of an event's envelope."""
        return {"id": str(self.id), "kind": self.kind, "name": self.name}


def principal_of(request: Request) -> Principal:
    """The caller of a view whose permissions let only signed-in callers in."""
    return cast(Principal, request.user)
