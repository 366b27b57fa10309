"""manage.py seed_demo"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.errors import CategoryUnknown, RequesterUnknown
from tickets.services.seeding import demo_seed


class Command(BaseCommand):
    """Files a few tickets of the seeded employees; a second run changes nothing."""

    help = "Files tickets of every category, so that every service has something to show; --force files them again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds --force."""
        parser.add_argument("--force", action="store_true", help="file them even if there are some already")

    def handle(self, *_args: Any, force: bool, **_options: Any) -> None:
        """Runs the service and says which tickets there are now."""
        try:
            tickets = demo_seed(force=force)
        except RequesterUnknown as error:
            raise CommandError(f"{error} Seed auth's accounts and let the worker take them in first.") from error
        except CategoryUnknown as error:
            raise CommandError(f"{error} Run seed_categories first.") from error
        self.stdout.write(f"{len(tickets)} tickets filed")
