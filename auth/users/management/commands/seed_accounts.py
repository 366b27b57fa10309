"""manage.py seed_accounts [--force]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from users.seeding import ACCOUNTS, seed_accounts


class Command(BaseCommand):
    """The demo accounts."""

    help = "Plants one demo account per role, and a second Employee. Not in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="restore what was changed since")

    def handle(self, *args: Any, **options: Any) -> None:
        password = seed_accounts(ACCOUNTS, force=options["force"])
        if password:
            self.stdout.write(f"Password of these accounts, shown only now: {password}")
