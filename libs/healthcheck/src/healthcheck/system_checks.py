"""Django system checks: what lets a probe be refused, or a hung dependency hang a request."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning

from healthcheck import conf

MIDDLEWARE = "healthcheck.middleware.HealthCheckMiddleware"
_CONNECTS = ("postgresql", "postgis", "mysql")
Found = Callable[..., list[CheckMessage]]


def middleware_is_first(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warns when another middleware can refuse or redirect a probe before ours sees it."""
    if list(settings.MIDDLEWARE[:1]) == [MIDDLEWARE]:
        return []
    return [Warning(f"{MIDDLEWARE} is not the first in MIDDLEWARE.", id="healthcheck.W001")]


def databases_have_timeouts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warns of a database to which connecting may take for ever: a check is limited, a request is not."""
    return [
        Warning(
            f"DATABASES[{alias!r}] has no connect_timeout: a frozen server holds every worker for good.",
            hint="Set OPTIONS['connect_timeout'], in seconds.",
            id="healthcheck.W002",
        )
        for alias, database in settings.DATABASES.items()
        if str(database.get("ENGINE", "")).rpartition(".")[2] in _CONNECTS
        and "connect_timeout" not in (database.get("OPTIONS") or {})
    ]


def caches_have_timeouts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warns of a Redis that may be waited for without end."""
    return [
        Warning(
            f"CACHES[{alias!r}] has no {option}: a frozen Redis holds every worker for good.",
            hint=f"Set OPTIONS[{option!r}], in seconds.",
            id="healthcheck.W003",
        )
        for alias, cache in settings.CACHES.items()
        if "redis" in str(cache.get("BACKEND", "")).lower()
        for option in ("socket_timeout", "socket_connect_timeout")
        if option not in (cache.get("OPTIONS") or {})
    ]


def mail_has_a_timeout(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warns of a mail server that may be waited for without end."""
    if "smtp" not in settings.EMAIL_BACKEND or settings.EMAIL_TIMEOUT is not None:
        return []
    if not any(_path(entry) == "healthcheck.checks.mail" for entry in conf.load().checks):
        return []  # Django's default backend is SMTP, whether the project sends mail or not
    return [
        Warning(
            "EMAIL_TIMEOUT is not set: a frozen mail server holds the sender for good.",
            hint="Set it, in seconds.",
            id="healthcheck.W004",
        )
    ]


def deadline_is_short(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warns where Kubernetes would give up on an answer before it is given."""
    if conf.load().deadline < 1.0:
        return []
    return [
        Warning(
            "HEALTHCHECK['DEADLINE'] is not below one second, Kubernetes' own limit for a probe.",
            hint="Lower it, or raise timeoutSeconds of every probe and silence this.",
            id="healthcheck.W005",
        )
    ]


def _path(entry: conf.Entry) -> str:
    return entry if isinstance(entry, str) else entry[0]


ALL: Iterable[Found] = (
    middleware_is_first,
    databases_have_timeouts,
    caches_have_timeouts,
    mail_has_a_timeout,
    deadline_is_short,
)
