"""The one call that configures logging."""

import logging
from typing import Any, Literal

_FORMATTERS = {"json": "jsonlog.formatter.JsonFormatter", "pretty": "jsonlog.pretty.PrettyFormatter"}


def logging_config(
    *,
    service: str,
    version: str = "",
    environment: str = "",
    level: str = "INFO",
    style: Literal["json", "pretty"] = "json",
) -> dict[str, Any]:
    """A dictionary for Django's LOGGING or `logging.config.dictConfig`: every logger, one line per record, to stderr.

    stdout stays free for what management commands print. Raises ValueError for an unknown level or style.
    """
    level = level.upper()
    if level not in logging.getLevelNamesMapping():
        raise ValueError(f"level: {level!r} is none of DEBUG, INFO, WARNING, ERROR, CRITICAL")
    if style not in _FORMATTERS:
        raise ValueError(f"style: {style!r} is neither 'json' nor 'pretty'")
    formatter = {"()": _FORMATTERS[style], "service": service, "version": version, "environment": environment}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"jsonlog": formatter},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "jsonlog"}
        },
        "root": {"level": level, "handlers": ["console"]},
        "loggers": {
            # Django's own configuration gives these two handlers; without them their records come here once.
            "django": {"level": "NOTSET", "handlers": [], "propagate": True},
            # runserver's request line would repeat the access line of RequestIdMiddleware
            "django.server": {"level": "ERROR", "handlers": [], "propagate": True},
        },
    }
