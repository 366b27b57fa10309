"""manage.py seed_categories"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tickets.services.seeding import categories_seed


class Command(BaseCommand):
    """Stores the categories that a new installation offers; a second run changes nothing."""

    help = "Stores the first categories; --force resets those that are there to their first names and sub-categories."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds --force."""
        parser.add_argument("--force", action="store_true", help="write those that are there already again")

    def handle(self, *_args: Any, force: bool, **_options: Any) -> None:
        """Runs the service and says how many were written."""
        self.stdout.write(f"{categories_seed(force=force)} categories written")
