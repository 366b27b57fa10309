"""The pieces of `config/settings.py` that are the same in every service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import jsonlog
from jsonlog.config import Style
from servicekit.env import Env
from servicekit.time import DRF_FORMAT

YEAR_SECONDS = 31_536_000
MIB = 1024 * 1024


def installed_apps(*own: str) -> list[str]:
    """The suite's libraries and then the service's own apps. No service but auth needs any app of Django's."""
    return ["rest_framework", "drf_spectacular", "healthcheck", "servicekit", "jwtauth", "eventbus", *own]


def middleware(*own: str) -> list[str]:
    """Probes first (they answer whatever Host or scheme), then the request id that every later answer carries."""
    return [
        "healthcheck.middleware.HealthCheckMiddleware",
        "jsonlog.middleware.RequestIdMiddleware",
        "servicekit.middleware.RequestGuardMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        *own,
    ]


def templates(*context_processors: str) -> list[dict[str, Any]]:
    """Templates from the apps' folders."""
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": [*context_processors]},
        }
    ]


def rest_framework() -> dict[str, Any]:
    """JSON in and out, a bearer token, closed unless a view opens, errors as problem+json, pages by cursor."""
    return {
        "DEFAULT_AUTHENTICATION_CLASSES": ["jwtauth.authentication.JWTAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["jwtauth.permissions.DenyAll"],
        "DEFAULT_PARSER_CLASSES": ["servicekit.parsers.JSONParser"],
        "DEFAULT_RENDERER_CLASSES": ["servicekit.renderers.JSONRenderer"],
        "DEFAULT_PAGINATION_CLASS": "servicekit.pagination.CursorPagination",
        "DEFAULT_SCHEMA_CLASS": "servicekit.openapi.AutoSchema",
        "DEFAULT_METADATA_CLASS": None,
        "EXCEPTION_HANDLER": "servicekit.problems.exception_handler",
        "UNAUTHENTICATED_USER": None,
        "UNAUTHENTICATED_TOKEN": None,
        "DATETIME_FORMAT": DRF_FORMAT,
        "TEST_REQUEST_DEFAULT_FORMAT": "json",
    }


def spectacular(*, title: str, version: str, description: str = "") -> dict[str, Any]:
    """OpenAPI 3.1 with the problem answers that every operation may give."""
    return {
        "TITLE": title,
        "VERSION": version,
        "DESCRIPTION": description,
        "OAS_VERSION": "3.1.0",
        "SERVE_INCLUDE_SCHEMA": False,
        "COMPONENT_SPLIT_REQUEST": True,
        "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
        "SCHEMA_PATH_PREFIX": r"/api/v[0-9]+",
        "POSTPROCESSING_HOOKS": [
            "drf_spectacular.hooks.postprocess_schema_enums",
            "servicekit.openapi.add_problem_answers",
        ],
    }


def jwtauth(env: Env, *, service: str) -> dict[str, Any]:
    """Whose tokens are believed and how this service gets its own. Tests sign with a key pair of their own."""
    auth = env.url("AUTH_SERVICE_URL")
    return {
        "ISSUER": env.str("JWT_ISSUER", default="tts-auth"),
        "SERVICE": service,
        "JWKS_URL": f"{auth}/.well-known/jwks.json",
        "TOKEN_URL": f"{auth}/api/v1/token/service/",
        "CLIENT_ID": service,
        "CLIENT_SECRET": env.secret("SERVICE_CLIENT_SECRET"),
        "KEY_SOURCE": "jwtauth.testing.key_source" if env.is_test else "jwtauth.jwks.key_source",
        "REVOCATION_CHECK": "jwtauth.revocation.is_revoked",
    }


def eventbus(env: Env, *, service: str, producers: Mapping[str, str]) -> dict[str, Any]:
    """Who this service is on the bus and whose events it reads; `producers` are the base URLs of their feeds."""
    return {
        "SERVICE": service,
        "BROKER_URL": env.str("DJANGO_CELERY_BROKER_URL", default=""),
        "PRODUCERS": dict(producers),
        "RECONCILE_SECONDS": env.int("EVENTBUS_RECONCILE_SECONDS", default=60),
        "RETENTION_DAYS": env.int("EVENTBUS_RETENTION_DAYS", default=30, minimum=1),
        "VALIDATOR": "servicekit.testing.validate_event" if env.is_test else "",
    }


def healthcheck(env: Env, *, service: str, version: str, own: Sequence[str] = ()) -> dict[str, Any]:
    """What readiness asks, with the service's `own` checks by their dotted paths.

    `HEALTHCHECK_TOKEN` opens the details and `/metrics`, HEALTHCHECK_NETWORKS without it.
    """
    checks: list[Any] = [
        "healthcheck.checks.database",
        "healthcheck.checks.migrations",
        "healthcheck.checks.cache",
        "eventbus.health.outbox",
        "jwtauth.health.keys",
        *own,
    ]
    broker = env.str("DJANGO_CELERY_BROKER_URL", default="")
    if broker:
        checks.append(("healthcheck.checks.broker", {"url": broker, "queues": [f"{service}.jobs"]}))
    return {
        "SERVICE": service,
        "VERSION": version,
        "CHECKS": checks,
        "TOKEN": env.str("HEALTHCHECK_TOKEN", default=""),
        "INTERNAL_NETWORKS": env.networks("HEALTHCHECK_NETWORKS"),
        "METRICS": True,
    }


def logging(env: Env, *, service: str, version: str) -> dict[str, Any]:
    """One line per record, from `LOG_LEVEL` up, laid out as `LOG_STYLE` says; tests only speak when something breaks.

    `LOG_PII` shows e-mail addresses and the like.
    """
    return jsonlog.logging_config(
        service=service,
        version=version,
        environment=env.name,
        level=env.str("LOG_LEVEL", default="CRITICAL" if env.is_test else "INFO"),
        style=cast(Style, env.str("LOG_STYLE", default="json")),
        pii=env.flag("LOG_PII", default=False),
    )


def celery(env: Env, *, service: str) -> dict[str, Any]:
    """Celery's settings. A message only nudges a job's row: a poisoned one may be dropped after five tries."""
    queue = f"{service}.jobs"
    quorum = {"x-queue-type": "quorum", "x-delivery-limit": 5}
    return {
        "broker_url": env.str("DJANGO_CELERY_BROKER_URL", default="") or None,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_heartbeat": 10,
        "broker_transport_options": {"confirm_publish": True, "confirm_timeout": 5},
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_soft_time_limit": 60,
        "task_time_limit": 90,
        "task_default_queue": queue,
        "task_default_queue_type": "quorum",
        "task_default_exchange_type": "topic",
        "task_queues": {queue: {"exchange": queue, "routing_key": queue, "queue_arguments": quorum}},
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": 10,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_hijack_root_logger": False,
    }


def caches() -> dict[str, Any]:
    """A cache per process: nothing that must be shared or survive is kept in one."""
    return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@dataclass(frozen=True, slots=True)
class TransportSecurity:
    """Values for Django's `SECURE_*` settings; `on` is also for `*_COOKIE_SECURE` where there are cookies."""

    on: bool
    proxy_header: tuple[str, str] | None
    hsts_seconds: int
    silenced_checks: list[str]


def transport_security(env: Env) -> TransportSecurity:
    """TLS ends at the gateway, which redirects to it; `DJANGO_HTTPS` says whether it does (default: in production).

    Silenced checks of `check --deploy`: W003 (CSRF: no cookie carries authority), W008 (redirect: the services call
    each other inside the private network, browsers only ever meet the gateway), W021 (HSTS preload: the domain
    owner's choice).
    """
    on = env.flag("DJANGO_HTTPS", default=env.is_production)
    return TransportSecurity(
        on=on,
        proxy_header=("HTTP_X_FORWARDED_PROTO", "https") if on else None,
        hsts_seconds=YEAR_SECONDS if on else 0,
        silenced_checks=["security.W003", "security.W008", "security.W021"],
    )
