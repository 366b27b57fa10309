"""Typed access to `settings.EVENTBUS`."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string


def _settings() -> dict[str, Any]:
    return cast(dict[str, Any], settings.EVENTBUS)


def service() -> str:
    """This service's name, `ticket-service`: the `producer` of its events and the name of its queue."""
    return str(_settings()["SERVICE"])


def broker_url() -> str:
    """AMQP URL, or empty: then events travel by the feed and jobs run in the worker."""
    return str(_settings().get("BROKER_URL", ""))


def producers() -> dict[str, str]:
    """Base URL by name of every service whose events this one consumes."""
    return dict(_settings().get("PRODUCERS", {}))


def poll_seconds() -> float:
    """How long an idle loop waits before it looks again."""
    return float(_settings().get("POLL_SECONDS", 0.5))


def reconcile_seconds() -> float:
    """With a broker: how often the producers' feeds are read for what the broker did not bring. 0 is never."""
    return float(_settings().get("RECONCILE_SECONDS", 60))


def retention_days() -> int:
    """How long published events, handled events and finished jobs are kept."""
    return int(_settings().get("RETENTION_DAYS", 30))


def validator() -> Callable[[dict[str, Any]], None] | None:
    """Called with every envelope before it is stored; the test settings hold it to the contracts."""
    path = _settings().get("VALIDATOR", "")
    return cast(Callable[[dict[str, Any]], None], import_string(path)) if path else None
