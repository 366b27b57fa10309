"""`manage.py resync NAME`: publishes present state again, for projections that were lost or are new."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eventbus.registry import resync_sources


class Command(BaseCommand):
    help = "Publish the present state of every aggregate of a kind again, with its present version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=f"one of: {', '.join(sorted(resync_sources)) or 'none in this service'}")

    def handle(self, *args: Any, **options: Any) -> None:
        source = resync_sources.get(options["name"])
        if source is None:
            raise CommandError(f"nothing is called {options['name']!r}; one of: {', '.join(sorted(resync_sources))}")
        self.stdout.write(f"published {sum(1 for _ in source())}")
