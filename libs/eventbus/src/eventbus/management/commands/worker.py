"""`manage.py worker`: this service's relay, inbox, jobs and ticker."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

import eventbus.housekeeping  # noqa: F401 - registers its periodic work
from eventbus.worker import Worker


class Command(BaseCommand):
    help = "Run the worker: it relays this service's events, takes in those of others, does jobs and periodic work."
    # The checks would import every route and view, which a worker never serves; `setup` has run them.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker()

        def stop(*_: object) -> None:
            worker.stop.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        path = os.environ.get("WORKER_HEARTBEAT_FILE")
        sys.exit(worker.run(Path(path) if path else None))
