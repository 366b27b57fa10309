"""`manage.py seed_templates`: the words of the notices."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from notifications.services.template import templates_seed


class Command(BaseCommand):
    help = "Create the templates that are missing; --force sets all of them back to the defaults."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare --force."""
        parser.add_argument("--force", action="store_true", help="overwrite what the desk changed")

    @transaction.atomic
    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        """Seed, and say how many templates were written."""
        self.stdout.write(f"{templates_seed(force=force)} templates written")
