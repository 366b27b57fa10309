"""The Django application of ticket-service."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class TicketsConfig(AppConfig):
    """Tickets: what was asked, by whom, and what became of it."""

    name = "tickets"
    label = "tickets"

    def ready(self) -> None:
        """Prepares each connection for searches."""
        from tickets.search import prepare

        connection_created.connect(prepare, dispatch_uid="tickets.search")
