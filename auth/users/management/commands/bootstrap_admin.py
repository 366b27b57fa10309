"""manage.py bootstrap_admin --email ADDRESS"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from users.models import OneTimeLink, User
from users.services.accounts import user_create
from users.services.links import link_create


class Command(BaseCommand):
    """The first superuser."""

    help = "Makes the first superuser and prints the link that sets their password. Refuses when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--username", default="administrator")
        parser.add_argument("--name", default="Administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True).exists():
            raise CommandError("There is a superuser already. Ask them for an account, or for a password reset.")
        try:
            with transaction.atomic():
                user = user_create(
                    username=options["username"],
                    email=options["email"],
                    name=options["name"],
                    password=None,
                    is_superuser=True,
                )
                link = link_create(user=user, purpose=OneTimeLink.Purpose.INVITATION)
        except ValidationError as error:
            raise CommandError(f"The account cannot be made: {'; '.join(error.messages)}") from None
        self.stdout.write(f"{user.username} sets a password here, once, within three days:\n{link}")
