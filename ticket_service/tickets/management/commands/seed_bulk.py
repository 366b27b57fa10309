"""manage.py seed_bulk"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from servicekit.env import Env
from tickets.models import Category
from tickets.services.bulk_seeding import tickets_seed_bulk


class Command(BaseCommand):
    """Stores made-up tickets for measurements; each run adds more."""

    help = "Stores many made-up tickets for measurements, without telling the other services. Not in production."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds --count and --seed."""
        parser.add_argument("--count", type=int, default=100_000, help="how many to add (100000)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes other tickets (1)")

    def handle(self, *_args: Any, count: int, seed: int, **_options: Any) -> None:
        """Runs the service and shows how far it is."""
        if Env().is_production:
            raise CommandError("seed_bulk stores made-up tickets and is refused where DJANGO_ENV=production.")
        if count < 1:
            raise CommandError("--count is 1 or more.")
        if not Category.objects.exists():
            raise CommandError("There are no categories. Run seed_categories first.")
        begun = time.monotonic()
        total = tickets_seed_bulk(count=count, until=timezone.now(), seed=seed, progress=self._say)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # So that the planner knows of them now, and not when autovacuum comes round.
                cursor.execute("VACUUM ANALYZE" if not connection.in_atomic_block else "ANALYZE")
        self.stdout.write(f"{count} tickets stored in {time.monotonic() - begun:.0f} s, {total} in all")

    def _say(self, stored: int) -> None:
        if stored % 10_000 == 0:
            self.stdout.write(f"  {stored}")
