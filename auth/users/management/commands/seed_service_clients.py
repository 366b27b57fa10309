"""manage.py seed_service_clients [--force]"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from servicekit.env import Env
from users.services.service_clients import service_client_set

CLIENTS = ["ticket-service", "workflow-api", "messaging", "notification-service"]
SCOPES = ["events:read"]
# What one of them may do beside hearing events.
MORE_SCOPES = {"messaging": ["tickets:file", "requesters:create"]}  # mails become tickets


class Command(BaseCommand):
    """The services' own credentials, also in production: every secret comes from the environment."""

    help = "Registers each service with SERVICE_CLIENT_SECRET_<NAME>; a changed secret replaces the one before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="restore scopes and activity as well")

    def handle(self, *args: Any, **options: Any) -> None:
        env = Env()
        try:
            found = {name: env.secret(f"SERVICE_CLIENT_SECRET_{name.upper().replace('-', '_')}") for name in CLIENTS}
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        with transaction.atomic():
            for name, secret in found.items():
                service_client_set(
                    client_id=name,
                    secret=secret,
                    scopes=[*SCOPES, *MORE_SCOPES.get(name, [])],
                    overwrite=options["force"],
                )
