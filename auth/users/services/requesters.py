"""Accounts of people who wrote to the desk by e-mail before anybody knew them."""

import re
import secrets
import unicodedata

from django.core.exceptions import ValidationError
from django.db import transaction

from users.models import Role, User
from users.services.accounts import user_create
from users.services.audit import audit_record


def requester_find_or_create(*, email: str, name: str) -> tuple[User, bool]:
    """Answers the account of the address, and whether it was made now.

    A new one is an Employee's and has no password: nobody signs in to it until somebody who administers it sends the
    invitation. Raises django.core.exceptions.ValidationError for what is no address.
    """
    known = _find(email)
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            user = user_create(
                username=_username(email),
                email=email,
                name=_name(name) or _username(email),
                password=None,
                roles=list(Role.objects.filter(system__slug="hdts", slug="employee")),
            )
            audit_record(event="requester_registered", user_id=user.pk, detail={"email": email})
    except ValidationError:
        made_meanwhile = _find(email)
        if made_meanwhile is None:
            raise
        return made_meanwhile, False
    return user, True


def _find(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).order_by("pk").first()


def _username(email: str) -> str:
    """One that is free: the address's left part and some digits."""
    readable = re.sub(r"[^a-z0-9._-]+", "-", email.partition("@")[0].lower()).strip("._-")[:100]
    return f"{readable or 'requester'}-{secrets.token_hex(4)}"


def _name(given: str) -> str:
    """What the sender calls themselves, as an account's name may be: letters of any script, no signs of markup."""
    kept = "".join(
        character if unicodedata.category(character)[0] in "LMN" or character in " .'-" else " " for character in given
    )
    return " ".join(kept.split())[:150]
