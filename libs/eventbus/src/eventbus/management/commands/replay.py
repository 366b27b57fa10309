"""`manage.py replay`: tries dead events again, or reads a producer's feed again from a position."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eventbus import conf, inbox
from eventbus.models import FeedCursor


class Command(BaseCommand):
    help = (
        "With --dead: try dead events again. With --producer: read that service's feed again from --after; "
        "what was handled before is not handled twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--dead", action="store_true", help="the dead events")
        what.add_argument("--producer", help="a service whose events this one consumes")
        parser.add_argument("--event", help="with --dead: only this event_id")
        parser.add_argument("--type", help="with --dead: only this type")
        parser.add_argument("--after", type=int, default=0, help="with --producer: the position to read from")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["producer"]:
            self._move_cursor(options["producer"], options["after"])
        else:
            self._revive(options["event"], options["type"])

    def _move_cursor(self, producer: str, after: int) -> None:
        if producer not in conf.producers():
            raise CommandError(f"{conf.service()} consumes nothing of {producer!r}: {', '.join(conf.producers())}")
        FeedCursor.objects.update_or_create(producer=producer, defaults={"position": after})
        self.stdout.write(f"the worker reads {producer} again from position {after}")

    def _revive(self, event_id: str | None, event_type: str | None) -> None:
        count = inbox.revive(event_id=event_id, event_type=event_type or "")
        self.stdout.write(f"{count} will be tried again")
