"""Accounts: made, changed, deactivated."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from jwtauth.principal import Principal
from users import events
from users.errors import OwnAccount, UserAlreadyActive, UserAlreadyInactive, UserNotAdministered
from users.events import RevokeReason
from users.models import Role, User
from users.selectors.administration import administers_user
from users.services.audit import audit_record
from users.services.changes import Match, any_version, user_commit, user_lock
from users.services.hashing import turn
from users.services.links import links_discard
from users.services.roles import role_assignment_create


def user_create(
    *,
    username: str,
    email: str,
    name: str,
    password: str | None,
    department: str = "",
    time_zone: str = "UTC",
    roles: Sequence[Role] = (),
    is_superuser: bool = False,
) -> User:
    """A new active account with its roles; without a password nobody can sign in to it.

    Raises django.core.exceptions.ValidationError for a taken or malformed name, a weak password, an unknown zone.
    """
    user = User(
        username=username,
        email=email,
        name=name,
        department=department,
        time_zone=time_zone,
        is_superuser=is_superuser,
    )
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            for role in roles:
                role_assignment_create(user=user, role=role)
            events.publish_user_changed(user)
            audit_record(event="user_created", user_id=user.pk, detail={"roles": [str(role) for role in roles]})
    except IntegrityError:
        user.validate_unique()  # says which name was taken meanwhile
        raise
    return user


def user_update(*, user: User, match: Match = any_version, **values: Any) -> bool:
    """Changes name, e-mail, department or zone; False when all was so before, and then nothing is published.

    Raises what `match` does, and django.core.exceptions.ValidationError.
    """
    with transaction.atomic():
        locked = user_lock(user)
        match(locked.version)
        changed = [field for field, value in values.items() if getattr(locked, field) != value]
        if not changed:
            return False
        for field in changed:
            setattr(locked, field, values[field])
        locked.full_clean()
        user_commit(user=locked, fields=changed)
    return True


def profile_edit(*, user_id: UUID, match: Match, **values: str) -> None:
    """Somebody changes their own name or time zone. Raises as `user_update`."""
    with transaction.atomic():
        if user_update(user=User.objects.get(pk=user_id), match=match, **values):
            audit_record(event="profile_changed", user_id=user_id, detail={"fields": sorted(values)})


def user_set_password(*, user: User, password: str) -> None:
    """Sets a password; every session ends and every link is void.

    Raises django.core.exceptions.ValidationError for a weak one.
    """
    validate_password(password, user)
    with transaction.atomic():
        locked = user_lock(user)
        with turn:
            locked.set_password(password)
        links_discard(user=locked)
        user_commit(user=locked, fields=["password"], revoke="password_changed")
        audit_record(event="password_changed", user_id=user.pk)


def user_reactivate(*, user: User) -> bool:
    """Opens a closed account again; its old tokens stay void. False when it was open."""
    with transaction.atomic():
        locked = user_lock(user)
        if locked.is_active:
            return False
        locked.is_active, locked.inactive_reason = True, ""
        user_commit(user=locked, fields=["is_active", "inactive_reason"])
        audit_record(event="user_reactivated", user_id=user.pk)
    return True


def user_deactivate(*, user: User, by: Principal) -> None:
    """Closes an account: nobody signs in to it, its sessions end, its tokens are void everywhere.

    Raises OwnAccount, UserNotAdministered, UserAlreadyInactive. Whether `by` may see the user is the caller's question.
    """
    _close(user, by, User.InactiveReason.DEACTIVATED, "deactivated")


def user_suspend(*, user: User, by: Principal, reason: str) -> None:
    """Closes an account for the time being; `reason` is for the audit log. Raises as `user_deactivate`."""
    _close(user, by, User.InactiveReason.SUSPENDED, "suspended", reason=reason)


def user_reopen(*, user: User, by: Principal) -> None:
    """Opens a closed account again. Raises UserNotAdministered, UserAlreadyActive."""
    if not administers_user(by, user):
        raise UserNotAdministered(user_id=user.pk)
    if not user_reactivate(user=user):
        raise UserAlreadyActive


def _close(user: User, by: Principal, to: User.InactiveReason, revoke: RevokeReason, **detail: str) -> None:
    if user.pk == by.id:
        raise OwnAccount
    with transaction.atomic():
        locked = user_lock(user)
        if not administers_user(by, locked):
            raise UserNotAdministered(user_id=user.pk)
        if not locked.is_active and (locked.state == to or to is User.InactiveReason.SUSPENDED):
            raise UserAlreadyInactive
        locked.is_active, locked.inactive_reason = False, to
        user_commit(user=locked, fields=["is_active", "inactive_reason"], revoke=revoke)
        links_discard(user=locked)
        audit_record(event=f"user_{revoke}", user_id=user.pk, detail=detail)
