"""The people projection: auth's users as last heard of. It serves lists and assignment, never access."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from jwtauth.models import Person, PersonRole
from jwtauth.revocation import revoke_below


class UserState(msgspec.Struct, frozen=True):
    """contracts/state/user.schema.json; `data` of user.changed.v1 and user.revoked.v1."""

    id: UUID
    username: str
    email: str
    name: str
    time_zone: str
    department: str
    is_active: bool
    is_superuser: bool
    roles: list[str]
    token_version: int


class RevocationChange(msgspec.Struct, frozen=True):
    """`change` of user.revoked.v1."""

    reason: str
    token_version: int


class HasTokenVersion(Protocol):
    """Any `change` that a consumer declared, as long as it carries the version."""

    @property
    def token_version(self) -> int: ...


def apply_user(*, data: UserState | Mapping[str, Any], version: int) -> bool:
    """Stores a user's state unless a newer one is held; True when it was stored.

    The same version is applied again, so that a resync mends a projection. The state's token version is honoured too:
    a service whose database was rebuilt learns from the resync which tokens are void.
    """
    state = data if isinstance(data, UserState) else msgspec.convert(data, UserState, from_attributes=True)
    if state.token_version:
        revoke_below(user_id=state.id, token_version=state.token_version)
    values = {
        "username": state.username,
        "email": state.email,
        "name": state.name,
        "time_zone": state.time_zone,
        "department": state.department,
        "is_active": state.is_active,
        "is_superuser": state.is_superuser,
        "version": version,
    }
    with transaction.atomic():
        _, created = Person.objects.get_or_create(id=state.id, defaults=values)
        if not created and not Person.objects.filter(id=state.id, version__lte=version).update(**values):
            return False
        _replace_roles(state.id, set(state.roles))
    return True


def _replace_roles(person_id: UUID, wanted: set[str]) -> None:
    held = set(PersonRole.objects.filter(person_id=person_id).values_list("role", flat=True))
    PersonRole.objects.filter(person_id=person_id, role__in=held - wanted).delete()
    PersonRole.objects.bulk_create(
        [PersonRole(person_id=person_id, role=role) for role in sorted(wanted - held)], ignore_conflicts=True
    )


def apply_revocation(
    *, data: UserState | Mapping[str, Any], change: HasTokenVersion | Mapping[str, Any], version: int
) -> None:
    """Refuses the user's older tokens from now on, and stores the user's state."""
    below = change["token_version"] if isinstance(change, Mapping) else change.token_version
    state = data if isinstance(data, UserState) else msgspec.convert(data, UserState, from_attributes=True)
    revoke_below(user_id=state.id, token_version=below)
    apply_user(data=state, version=version)


def with_role(role: str) -> QuerySet[Person]:
    """Active people who hold the role (`system:slug`), oldest account first."""
    return Person.objects.filter(is_active=True, role_set__role=role).order_by("id")


def by_ids(ids: Iterable[UUID]) -> dict[UUID, Person]:
    """The known people among the ids; one query."""
    return Person.objects.in_bulk(set(ids))
