"""The Django application of ticket-service."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets: what was asked, by whom, and what became of it."""

    name = "tickets"
    label = "tickets"
