"""`manage.py setup_broker`: the exchanges and this service's queues, before any producer starts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eventbus import broker, conf


class Command(BaseCommand):
    help = "Declare the exchanges and this service's queues on the broker. Without a broker there is nothing to do."

    def handle(self, *args: Any, **options: Any) -> None:
        if not conf.broker_url():
            self.stdout.write("no DJANGO_CELERY_BROKER_URL: events travel by the feed")
            return
        try:
            with broker.connect() as connection:
                broker.declare(connection)
        except broker.ERRORS as error:
            raise CommandError(
                f"the broker does not answer ({type(error).__name__}): start it or mend DJANGO_CELERY_BROKER_URL"
            ) from error
        self.stdout.write(f"queue {conf.service()}.events is ready")
