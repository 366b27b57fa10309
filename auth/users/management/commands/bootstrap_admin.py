"""manage.py bootstrap_admin --email ADDRESS"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from users.models import OneTimeLink, User
from users.models.people import normalize_email
from users.services.accounts import user_create
from users.services.links import link_create


class Command(BaseCommand):
    """The first superuser."""

    help = (
        "Makes the first superuser and prints the link that sets their password; run again with the same address, "
        "another link, until there is a password. Refuses when there is a superuser already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--username", default="administrator")
        parser.add_argument("--name", default="Administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            user = _waiting(options["email"])
            if user is None:
                user = _made(email=options["email"], username=options["username"], name=options["name"])
            link = link_create(user=user, purpose=OneTimeLink.Purpose.INVITATION)
        self.stdout.write(f"{user.username} sets a password here, once, within three days:\n{link}")


def _waiting(email: str) -> User | None:
    """The first superuser, who has not set a password yet; None while there is no superuser."""
    superusers = list(User.objects.filter(is_superuser=True))
    if not superusers:
        return None
    first = superusers[0]
    if len(superusers) > 1 or first.email != normalize_email(email) or first.has_usable_password():
        raise CommandError("There is a superuser already. Ask them for an account, or for a password reset.")
    return first


def _made(**values: str) -> User:
    try:
        return user_create(password=None, is_superuser=True, **values)
    except ValidationError as error:
        raise CommandError(f"The account cannot be made: {'; '.join(error.messages)}") from None
