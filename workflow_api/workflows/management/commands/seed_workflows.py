"""Publishes the suite's own workflows."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from workflows.models import Calendar, WorkflowVersion
from workflows.seeds import OFFICE_HOURS, OFFICE_WEEK, WORKFLOWS
from workflows.services.definitions import version_publish
from workflows.services.drafting import version_draft


class Command(BaseCommand):
    help = "Publishes the seeded workflows and their calendar; those that are published already stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="publish a new version of each from its seed")

    @transaction.atomic
    def handle(self, *args: Any, force: bool = False, **options: Any) -> None:
        Calendar.objects.get_or_create(key=OFFICE_HOURS, defaults={"name": "Office hours", "week": OFFICE_WEEK})
        for spec in WORKFLOWS:
            published = WorkflowVersion.objects.filter(
                workflow__key=spec.key, status=WorkflowVersion.Status.PUBLISHED
            ).first()
            if published and not force:
                self.stdout.write(f"{spec.key}: version {published.number} is published already")
                continue
            version = version_publish(version=version_draft(spec=spec))
            self.stdout.write(f"{spec.key}: version {version.number} published")
