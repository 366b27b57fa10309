"""Logging of gunicorn's own records in the same form as the application's."""

from typing import Any

from jsonlog.config import Style, logging_config


def logconfig_dict(
    service: str,
    *,
    version: str = "",
    environment: str = "",
    level: str = "INFO",
    style: Style = "json",
    pii: bool = False,
) -> dict[str, Any]:
    """gunicorn's `logconfig_dict`: its error log through our formatter, its access log off.

    The access line comes from `jsonlog.middleware.RequestIdMiddleware`, which knows the request id and the route.
    """
    config = logging_config(
        service=service, version=version, environment=environment, level=level, style=style, pii=pii
    )
    config["loggers"] |= {
        "gunicorn.error": {"level": level.upper(), "handlers": ["console"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    }
    return config
