"""`manage.py dead_letters`: the events that this service could not handle."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from eventbus.models import InboxEvent


class Command(BaseCommand):
    help = "List dead events (with --waiting also those that wait for a retry), oldest first. Exits 1 when any is dead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--waiting", action="store_true", help="also those that will be tried again")
        parser.add_argument("--limit", type=int, default=100)

    def handle(self, *args: Any, **options: Any) -> None:
        states = [InboxEvent.State.DEAD, *([InboxEvent.State.RETRY] if options["waiting"] else [])]
        rows = list(InboxEvent.objects.filter(state__in=states).order_by("received_at")[: options["limit"]])
        for row in rows:
            self.stdout.write(
                f"{row.event_id}  {row.state:5}  {row.attempts:2}x  {row.type:28}  {row.last_error[:120]}"
            )
        dead = sum(row.state == InboxEvent.State.DEAD for row in rows)
        self.stdout.write(f"{dead} dead, {len(rows) - dead} waiting")
        if dead:
            raise SystemExit(1)
