"""Accounts: made, changed, deactivated."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from jwtauth.principal import Principal
from users import events
from users.errors import OwnAccount, UserAlreadyInactive, UserNotAdministered
from users.models import Role, User
from users.selectors.people import EMPLOYEE, role_names
from users.services.audit import audit_record
from users.services.changes import user_commit, user_lock
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
    with transaction.atomic():
        user.save(force_insert=True)
        for role in roles:
            role_assignment_create(user=user, role=role)
        events.publish_user_changed(user)
        audit_record(event="user_created", user_id=user.pk)
    return user


def user_update(*, user: User, **values: Any) -> bool:
    """Changes name, e-mail, department or zone; False when all was so before, and then nothing is published.

    Raises django.core.exceptions.ValidationError.
    """
    with transaction.atomic():
        locked = user_lock(user)
        changed = [field for field, value in values.items() if getattr(locked, field) != value]
        if not changed:
            return False
        for field in changed:
            setattr(locked, field, values[field])
        locked.full_clean()
        user_commit(user=locked, fields=changed)
    return True


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


def user_reactivate(*, user: User) -> None:
    """Opens a deactivated account again; its old tokens stay void."""
    with transaction.atomic():
        locked = user_lock(user)
        if not locked.is_active:
            locked.is_active = True
            user_commit(user=locked, fields=["is_active"])
            audit_record(event="user_reactivated", user_id=user.pk)


def user_deactivate(*, user: User, by: Principal) -> User:
    """Closes an account: nobody signs in to it, its sessions end, its tokens are void everywhere.

    Raises OwnAccount, UserNotAdministered, UserAlreadyInactive. Whether `by` may see the user is the caller's question.
    """
    if user.pk == by.id:
        raise OwnAccount
    with transaction.atomic():
        locked = user_lock(user)
        if not _administers(by, locked):
            raise UserNotAdministered
        if not locked.is_active:
            raise UserAlreadyInactive
        locked.is_active = False
        user_commit(user=locked, fields=["is_active"], revoke="deactivated")
        audit_record(event="user_deactivated", user_id=user.pk)
    return locked


def _administers(by: Principal, user: User) -> bool:
    """A superuser administers all; tts's admins all but superusers; hdts's admins who is an Employee and no more."""
    if by.is_superuser or user.is_superuser:
        return by.is_superuser
    if by.has_role("tts:admin"):
        return True
    return by.has_role("hdts:admin") and set(role_names(user.pk)) == {EMPLOYEE}
