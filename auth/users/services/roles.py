"""Systems, roles and who holds them."""

from django.db import transaction

from users import events
from users.models import Role, RoleAssignment, System, User
from users.services.audit import audit_record
from users.services.changes import user_commit, user_lock


def role_define(*, system: System, slug: str, name: str, overwrite: bool = False) -> Role:
    """The role of that slug, made when it is missing; with `overwrite` named as given and active again."""
    with transaction.atomic():
        role = Role.objects.select_for_update(no_key=True).filter(system=system, slug=slug).first()
        if role is None:
            role = Role(system=system, slug=slug, name=name)
            role.full_clean()
            role.save(force_insert=True)
            events.publish_role_changed(role)
        elif overwrite and (role.name, role.is_active) != (name, True):
            role.name, role.is_active = name, True
            role.version += 1
            role.save(update_fields=["name", "is_active", "version"])
            events.publish_role_changed(role)
    return role


def role_assignment_create(*, user: User, role: Role) -> RoleAssignment:
    """Gives a new user a role; the caller publishes the user."""
    assignment = RoleAssignment.objects.create(user=user, role=role)
    events.publish_role_assignment_changed(assignment)
    return assignment


def role_assign(*, user: User, role: Role) -> bool:
    """Gives a user a role; their sessions end, so that no token says otherwise. False when they held it."""
    return _set_held(user, role, held=True)


def role_withdraw(*, user: User, role: Role) -> bool:
    """Takes a role from a user; their sessions end. False when they did not hold it."""
    return _set_held(user, role, held=False)


def _set_held(user: User, role: Role, *, held: bool) -> bool:
    with transaction.atomic():
        locked = user_lock(user)
        assignment = RoleAssignment.objects.filter(user=locked, role=role).first()
        if (assignment is not None and assignment.is_active) == held:
            return False
        if assignment is None:
            assignment = role_assignment_create(user=locked, role=role)
        else:
            assignment.is_active = held
            assignment.version += 1
            assignment.save(update_fields=["is_active", "version"])
            events.publish_role_assignment_changed(assignment)
        user_commit(user=locked, fields=[], revoke="roles_changed")
        audit_record(event="role_assigned" if held else "role_withdrawn", user_id=user.pk, detail={"role": str(role)})
    return True
