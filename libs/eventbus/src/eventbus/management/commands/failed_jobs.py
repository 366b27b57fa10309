"""`manage.py failed_jobs`: the jobs that gave up, and once more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from eventbus import jobs
from eventbus.models import Job


class Command(BaseCommand):
    help = "List the jobs that gave up, oldest first; exits 1 when there are any. With --retry: let them be done again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--retry", action="store_true", help="all of them, or those named")
        parser.add_argument("--job", help="with --retry: only this id")
        parser.add_argument("--kind", default="", help="only this kind")
        parser.add_argument("--limit", type=int, default=100)

    def handle(self, *args: Any, **options: Any) -> None:
        kind = options["kind"]
        if options["retry"]:
            count = jobs.revive(job_id=options["job"], kind=kind)
            self.stdout.write(f"{count} will be done again")
            return
        failed = Job.objects.filter(state=Job.State.FAILED, **({"kind": kind} if kind else {})).order_by("id")
        rows = list(failed[: options["limit"]])
        for row in rows:
            self.stdout.write(f"{row.id}  {row.attempts:2}x  {row.kind:20}  {row.last_error[:120]}")
        self.stdout.write(f"{len(rows)} failed")
        if rows:
            raise SystemExit(1)
