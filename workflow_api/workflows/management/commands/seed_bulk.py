"""manage.py seed_bulk"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from servicekit.env import Env
from workflows.models import WorkflowVersion
from workflows.services.bulk_seeding import tasks_seed_bulk


class Command(BaseCommand):
    """Stores made-up tasks for measurements; each run adds more."""

    help = "Stores many made-up tasks for measurements, without telling the other services. Not in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds --count and --seed."""
        parser.add_argument("--count", type=int, default=100_000, help="how many to add (100000)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes other tasks (1)")

    def handle(self, *_args: Any, count: int, seed: int, **_options: Any) -> None:
        """Runs the service and shows how far it is."""
        if Env().is_production:
            raise CommandError("seed_bulk stores made-up tasks and is refused where DJANGO_ENV=production.")
        if count < 1:
            raise CommandError("--count is 1 or more.")
        if not WorkflowVersion.objects.filter(status=WorkflowVersion.Status.PUBLISHED).exists():
            raise CommandError("There are no workflows. Run seed_workflows first.")
        begun = time.monotonic()
        total = tasks_seed_bulk(count=count, until=timezone.now(), seed=seed, progress=self._say)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # So that the planner knows of them now, and not when autovacuum comes round.
                cursor.execute("VACUUM ANALYZE" if not connection.in_atomic_block else "ANALYZE")
        self.stdout.write(f"{count} tasks stored in {time.monotonic() - begun:.0f} s, {total} in all")

    def _say(self, stored: int) -> None:
        if stored % 10_000 == 0:
            self.stdout.write(f"  {stored}")
