"""The public state of what auth owns, and its publication."""

from collections.abc import Iterator
from typing import Any, Literal

from django.db import transaction

import eventbus
from eventbus import resyncs
from users.models import Role, RoleAssignment, User
from users.selectors.people import loaded_role_names, role_names, with_roles

RevokeReason = Literal["deactivated", "suspended", "password_changed", "roles_changed", "logout_everywhere"]


def user_state(user: User, roles: list[str]) -> dict[str, Any]:
    """contracts/state/user.schema.json."""
    return {
        "id": user.pk,
        "username": user.username,
        "email": user.email,
        "name": user.name,
        "time_zone": user.time_zone,
        "department": user.department,
        "is_active": user.is_active,
        "is_superuser": user.is_superuser,
        "roles": roles,
        "token_version": user.token_version,
    }


def role_state(role: Role) -> dict[str, Any]:
    """contracts/state/role.schema.json."""
    return {
        "id": role.pk,
        "system": role.system.slug,
        "slug": role.slug,
        "name": role.name,
        "is_active": role.is_active,
    }


def role_assignment_state(assignment: RoleAssignment) -> dict[str, Any]:
    """contracts/state/role_assignment.schema.json."""
    return {
        "id": assignment.pk,
        "user_id": assignment.user_id,
        "role": str(assignment.role),
        "is_active": assignment.is_active,
    }


def publish_user_changed(user: User) -> None:
    """The user's state after a change."""
    data = user_state(user, role_names(user.pk))
    eventbus.publish("user.changed.v1", aggregate_id=user.pk, version=user.version, data=data)


def publish_user_revoked(user: User, reason: RevokeReason) -> None:
    """The user's state, and that tokens below its token version are void."""
    eventbus.publish(
        "user.revoked.v1",
        aggregate_id=user.pk,
        version=user.version,
        data=user_state(user, role_names(user.pk)),
        change={"reason": reason, "token_version": user.token_version},
    )


def publish_role_changed(role: Role) -> None:
    """The role's state after a change."""
    eventbus.publish("role.changed.v1", aggregate_id=role.pk, version=role.version, data=role_state(role))


def publish_role_assignment_changed(assignment: RoleAssignment) -> None:
    """The assignment's state after a change."""
    eventbus.publish(
        "role_assignment.changed.v1",
        aggregate_id=assignment.pk,
        version=assignment.version,
        data=role_assignment_state(assignment),
    )


@resyncs("user")
def resync_users() -> Iterator[object]:
    """Publishes every user's present state again."""
    for user in with_roles(User.objects.order_by("id")).iterator(chunk_size=200):
        with transaction.atomic():
            yield eventbus.publish(
                "user.changed.v1",
                aggregate_id=user.pk,
                version=user.version,
                data=user_state(user, loaded_role_names(user)),
                resync=True,
            )


@resyncs("role")
def resync_roles() -> Iterator[object]:
    """Publishes every role's present state again."""
    for role in Role.objects.select_related("system").order_by("id"):
        with transaction.atomic():
            yield eventbus.publish(
                "role.changed.v1", aggregate_id=role.pk, version=role.version, data=role_state(role), resync=True
            )


@resyncs("role_assignment")
def resync_role_assignments() -> Iterator[object]:
    """Publishes every assignment's present state again."""
    rows = RoleAssignment.objects.select_related("role__system").order_by("id")
    for assignment in rows.iterator(chunk_size=500):
        with transaction.atomic():
            yield eventbus.publish(
                "role_assignment.changed.v1",
                aggregate_id=assignment.pk,
                version=assignment.version,
                data=role_assignment_state(assignment),
                resync=True,
            )
