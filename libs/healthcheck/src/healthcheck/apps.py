"""The Django application: no models, only system checks."""

from django.apps import AppConfig
from django.core.checks import register

from healthcheck import system_checks


class HealthcheckConfig(AppConfig):
    """Registers the system checks."""

    name = "healthcheck"

    def ready(self) -> None:
        for found in system_checks.ALL:
            register(found)
