"""The Django app: one table, the answers that an `Idempotency-Key` repeats; and telemetry, where it is asked for."""

import os

from django.apps import AppConfig
from django.conf import settings

from jsonlog import telemetry


class ServicekitConfig(AppConfig):
    name = "servicekit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Start Sentry and OpenTelemetry in every process whose environment asks for them."""
        telemetry.start(
            service=getattr(settings, "SERVICE", ""),
            version=getattr(settings, "VERSION", ""),
            environment=os.environ.get("DJANGO_ENV", ""),
        )
