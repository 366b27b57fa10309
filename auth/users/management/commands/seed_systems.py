"""manage.py seed_systems [--force]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from users.seeding import seed_systems


class Command(BaseCommand):
    """The systems and roles."""

    help = "Plants the four systems with their roles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="restore what was changed since")

    def handle(self, *args: Any, **options: Any) -> None:
        seed_systems(force=options["force"])
