"""What admins do to accounts and roles; each function asks whether the caller administers what it changes."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from eventbus import jobs
from jwtauth.principal import Principal
from users import events, mails
from users.errors import (
    OwnRoles,
    RoleAlreadyHeld,
    RoleInUse,
    SecondFactorOff,
    SystemInUse,
    SystemNotAdministered,
    UserAlreadyJoined,
    UserNotAdministered,
)
from users.models import OneTimeLink, Passkey, Role, RoleAssignment, System, TotpDevice, User
from users.selectors.administration import administers_system, administers_user
from users.services.accounts import user_create, user_update
from users.services.audit import audit_record
from users.services.changes import Match, any_version, user_lock, user_sign_out_everywhere
from users.services.links import link_create
from users.services.roles import role_assign, role_define, role_withdraw
from users.services.second_factor import factor_removed, factor_tell, second_factor_is_on


def user_invite(*, by: Principal, roles: Sequence[Role], **values: Any) -> User:
    """A new account with these roles, whose owner is sent a link to set a password.

    Raises SystemNotAdministered, and django.core.exceptions.ValidationError for a taken or malformed name.
    """
    for role in roles:
        _require_system(by, role.system)
    with transaction.atomic():
        user = user_create(password=None, roles=roles, **values)
        jobs.enqueue("invitation", {"user_id": str(user.pk)})
    return user


def user_invite_again(*, user: User, by: Principal) -> None:
    """Sends another link; the one before is void. Raises UserNotAdministered, UserAlreadyJoined."""
    _require_user(by, user)
    if user.has_usable_password() or not user.is_active:
        raise UserAlreadyJoined
    with transaction.atomic():
        audit_record(event="user_invited", user_id=user.pk)
        jobs.enqueue("invitation", {"user_id": str(user.pk)})


def invitation_send(*, user: User) -> None:
    """Sends the link to who has no password yet. A job."""
    if user.is_active and not user.has_usable_password():
        mails.send_invitation(user, link_create(user=user, purpose=OneTimeLink.Purpose.INVITATION))


def user_edit(*, user: User, by: Principal, match: Match = any_version, **values: Any) -> None:
    """Changes name, department or time zone. Raises UserNotAdministered, and as `user_update`."""
    _require_user(by, user)
    with transaction.atomic():
        if user_update(user=user, match=match, **values):
            audit_record(event="user_changed", user_id=user.pk, detail={"fields": sorted(values)})


def user_sign_out(*, user: User, by: Principal) -> None:
    """Ends every session of somebody, as for a lost laptop. Raises UserNotAdministered."""
    _require_user(by, user)
    user_sign_out_everywhere(user_id=user.pk)


def second_factor_reset(*, user: User, by: Principal) -> None:
    """Removes device, passkeys and recovery codes of somebody who lost them.

    Raises UserNotAdministered, SecondFactorOff.
    """
    _require_user(by, user)
    with transaction.atomic():
        user_lock(user)
        if not second_factor_is_on(user_id=user.pk):
            raise SecondFactorOff
        if TotpDevice.objects.filter(pk=user.pk).delete()[0]:
            factor_tell(user_id=user.pk, what="totp_removed")
        if Passkey.objects.filter(user=user).delete()[0]:
            factor_tell(user_id=user.pk, what="passkey_removed")
        factor_removed(user_id=user.pk)


def role_grant(*, user: User, role: Role, by: Principal) -> RoleAssignment:
    """Gives a user a role; their sessions end.

    Raises SystemNotAdministered, UserNotAdministered (a superuser's roles are a superuser's matter), OwnRoles,
    RoleAlreadyHeld.
    """
    _require_grant(user, role, by)
    with transaction.atomic():
        Role.objects.select_for_update(no_key=True).get(pk=role.pk, is_active=True)  # not retired meanwhile
        if not role_assign(user=user, role=role):
            raise RoleAlreadyHeld
        return RoleAssignment.objects.select_related("role__system").get(user=user, role=role)


def role_take(*, assignment: RoleAssignment, by: Principal) -> None:
    """Takes a role from a user; their sessions end. Raises as `role_grant`."""
    _require_grant(assignment.user, assignment.role, by)
    role_withdraw(user=assignment.user, role=assignment.role)


def system_create(*, slug: str, name: str) -> System:
    """A new system. Raises django's ValidationError for a taken or malformed slug."""
    system = System(slug=slug, name=name)
    system.full_clean()
    with transaction.atomic():
        system.save(force_insert=True)
        audit_record(event="system_created", detail={"system": slug})
    return system


def system_rename(*, system: System, name: str, match: Match = any_version) -> None:
    """Another name; the slug stays, as tokens hold it. Raises what `match` does."""
    with transaction.atomic():
        locked = System.objects.select_for_update(no_key=True).get(pk=system.pk)
        match(locked.version)
        if locked.name == name:
            return
        locked.name = name
        locked.version += 1
        locked.save(update_fields=["name", "version"])
        audit_record(event="system_changed", detail={"system": locked.slug})


def system_delete(*, system: System) -> None:
    """Deletes a system that never had a role. Raises SystemInUse."""
    try:
        with transaction.atomic():
            audit_record(event="system_deleted", detail={"system": system.slug})
            if system.roles.exists():
                raise SystemInUse
            system.delete()
    except IntegrityError:  # a role has come meanwhile
        raise SystemInUse from None


def role_create(*, system: System, slug: str, name: str, by: Principal) -> Role:
    """A new role. Raises SystemNotAdministered, and django's ValidationError for a taken or malformed slug."""
    _require_system(by, system)
    Role(system=system, slug=slug, name=name).full_clean()
    with transaction.atomic():
        role = role_define(system=system, slug=slug, name=name)
        audit_record(event="role_created", detail={"role": str(role)})
    return role


def role_edit(*, role: Role, by: Principal, match: Match = any_version, **values: Any) -> Role:
    """Another name, or retired, or in use again.

    Raises SystemNotAdministered, RoleInUse while somebody holds it, and what `match` does.
    """
    _require_system(by, role.system)
    with transaction.atomic():
        locked = Role.objects.select_for_update().select_related(None).get(pk=role.pk)
        match(locked.version)
        changed = [name for name, value in values.items() if getattr(locked, name) != value]
        if not changed:
            return role
        if values.get("is_active") is False and locked.assignments.filter(is_active=True).exists():
            raise RoleInUse
        for name in changed:
            setattr(locked, name, values[name])
        locked.version += 1
        locked.save(update_fields=[*changed, "version"])
        events.publish_role_changed(locked)
        audit_record(event="role_changed", detail={"role": str(locked), "fields": changed})
    return locked


def _require_system(by: Principal, system: System) -> None:
    if not administers_system(by, system.slug):
        raise SystemNotAdministered(system=system.slug)


def _require_user(by: Principal, user: User) -> None:
    if not administers_user(by, user):
        raise UserNotAdministered(user_id=user.pk)


def _require_grant(user: User, role: Role, by: Principal) -> None:
    _require_system(by, role.system)
    if user.pk == by.id:
        raise OwnRoles
    if user.is_superuser and not by.is_superuser:
        raise UserNotAdministered(user_id=user.pk)
