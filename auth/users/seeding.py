"""What the seed commands plant. Without `force` they add what is missing; with it they restore what was changed."""

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction

from servicekit.env import Env
from users.models import Role, System, User
from users.selectors.people import role_names
from users.services.accounts import user_create, user_reactivate, user_set_password, user_update
from users.services.roles import role_assign, role_define, role_withdraw

SYSTEMS = {
    "tts": "Ticket Tracking System",
    "hdts": "Help Desk Ticket System",
    "ams": "Asset Management System",
    "bms": "Budget Management System",
}
ROLES = {
    "tts:admin": "Admin",
    "tts:ticket-coordinator": "Ticket Coordinator",
    "tts:agent": "Agent",
    "tts:asset-manager": "Asset Manager",
    "tts:budget-manager": "Budget Manager",
    "hdts:employee": "Employee",
    "hdts:admin": "Admin",
    "ams:admin": "Admin",
    "bms:admin": "Admin",
}


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account with one role; its address is USERNAME@example.com."""

    username: str
    name: str
    role: str
    department: str
    time_zone: str = "Europe/Berlin"


ACCOUNTS = [
    Account("employee", "Erin Employee", "hdts:employee", "Sales"),
    Account("employee2", "Emil Employee", "hdts:employee", "Marketing"),
    Account("coordinator", "Cora Coordinator", "tts:ticket-coordinator", "IT"),
    Account("agent", "Alan Agent", "tts:agent", "IT"),
    Account("asset-manager", "Asta Assets", "tts:asset-manager", "Facilities"),
    Account("budget-manager", "Bruno Budget", "tts:budget-manager", "Finance"),
    Account("admin", "Ada Admin", "tts:admin", "IT"),
    Account("hdts-admin", "Hedda Helpdesk", "hdts:admin", "Human Resources"),
    Account("ams-admin", "Amos Assets", "ams:admin", "Facilities"),
    Account("bms-admin", "Berta Budget", "bms:admin", "Finance"),
]
# With them each role of tts that owns work has two people, so that round robin has somebody to turn to.
SECOND_STAFF = [
    Account("coordinator2", "Carl Coordinator", "tts:ticket-coordinator", "IT", "America/New_York"),
    Account("agent2", "Alma Agent", "tts:agent", "IT", "America/New_York"),
    Account("asset-manager2", "Arno Assets", "tts:asset-manager", "Facilities", "Asia/Tokyo"),
    Account("budget-manager2", "Bella Budget", "tts:budget-manager", "Finance", "Asia/Tokyo"),
]


def seed_systems(*, force: bool) -> None:
    """The four systems and their roles."""
    with transaction.atomic():
        for slug, name in SYSTEMS.items():
            system, created = System.objects.get_or_create(slug=slug, defaults={"name": name})
            if force and not created and system.name != name:
                system.name = name
                system.save(update_fields=["name"])
        for role, name in ROLES.items():
            system_slug, _, slug = role.partition(":")
            role_define(system=System.objects.get(slug=system_slug), slug=slug, name=name, overwrite=force)


def seed_accounts(accounts: Iterable[Account], *, force: bool) -> str | None:
    """The accounts, all with SEED_ACCOUNT_PASSWORD or one random password.

    Returns the random password when it was given to somebody: it is known nowhere else. Raises CommandError in
    production and for a password that is too weak.
    """
    if Env().is_production:
        raise CommandError("Demo accounts are not for production. Set DJANGO_ENV=development where you want them.")
    seed_systems(force=False)
    given = os.environ.get("SEED_ACCOUNT_PASSWORD", "").strip()
    password = given or secrets.token_urlsafe(12)
    try:
        with transaction.atomic():
            used = [_seed_account(account, password=password, force=force) for account in accounts]
    except ValidationError as error:
        raise CommandError(f"An account cannot be made: {'; '.join(error.messages)}") from None
    return password if any(used) and not given else None


def _seed_account(account: Account, *, password: str, force: bool) -> bool:
    """Makes or restores one account; True when it got the password."""
    user = User.objects.filter(username=account.username).first()
    system, _, slug = account.role.partition(":")
    role = Role.objects.select_related("system").get(system__slug=system, slug=slug)
    values = {
        "email": f"{account.username}@example.com",
        "name": account.name,
        "department": account.department,
        "time_zone": account.time_zone,
    }
    if user is None:
        user_create(
            username=account.username,
            email=values["email"],
            name=account.name,
            password=password,
            department=account.department,
            time_zone=account.time_zone,
            roles=[role],
        )
        return True
    if force:
        _restore(user, role, values)
        user_set_password(user=user, password=password)
    return force


def _restore(user: User, role: Role, values: dict[str, str]) -> None:
    user_reactivate(user=user)
    user_update(user=user, **values)
    role_assign(user=user, role=role)
    for name in set(role_names(user.pk)) - {str(role)}:
        system, _, slug = name.partition(":")
        role_withdraw(user=user, role=Role.objects.select_related("system").get(system__slug=system, slug=slug))
