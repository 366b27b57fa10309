"""The Django application: no models, one system check."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

MIDDLEWARE = "healthcheck.middleware.HealthCheckMiddleware"


class HealthcheckConfig(AppConfig):
    """Registers the system check of the middleware's place."""

    name = "healthcheck"

    def ready(self) -> None:
        register(middleware_is_first)


def middleware_is_first(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warns when another middleware can refuse or redirect a probe before ours sees it."""
    if list(settings.MIDDLEWARE[:1]) == [MIDDLEWARE]:
        return []
    return [Warning(f"{MIDDLEWARE} is not the first in MIDDLEWARE.", id="healthcheck.W001")]
