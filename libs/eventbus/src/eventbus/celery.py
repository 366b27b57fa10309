"""The Celery application of a service: it has one task, which does the job that a nudge names."""

import functools
import logging
from typing import Any
from uuid import UUID

from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

import jsonlog.celery
from eventbus import conf
from jsonlog import context

logger = logging.getLogger(__name__)

TASK = "eventbus.run_job"
CONFIRM_SECONDS = 5


@functools.cache
def make_app() -> Celery:
    """The service's Celery application, configured by `settings.CELERY`."""
    app = Celery(conf.service())
    app.conf.update(settings.CELERY)
    jsonlog.celery.install(app)

    @app.task(name=TASK, ignore_result=True)
    def run_job(job_id: str) -> None:
        import django
        from django.apps import apps

        if not apps.ready:
            django.setup()
        from eventbus.jobs import run_nudged

        run_nudged(UUID(job_id))

    return app


def send_nudge(job_id: UUID, request_id: str) -> bool:
    """Tell a Celery worker of a job. Returns whether the broker took the message; the job is safe either way."""
    options: dict[str, Any] = {"retry": False, "confirm_timeout": CONFIRM_SECONDS}
    try:
        with context.bind(request_id=request_id or None):
            make_app().send_task(TASK, args=[str(job_id)], **options)
    except (OperationalError, OSError):
        logger.warning("broker is away; the worker does the job itself", extra={"job_id": str(job_id)})
        return False
    return True
