"""manage.py seed_tts [--force]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from users.seeding import SECOND_STAFF, seed_accounts


class Command(BaseCommand):
    """More demo staff."""

    help = "Plants a second person for each role of tts that owns work. Not in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="restore what was changed since")

    def handle(self, *args: Any, **options: Any) -> None:
        password = seed_accounts(SECOND_STAFF, force=options["force"])
        if password:
            self.stdout.write(f"Password of these accounts, shown only now: {password}")
