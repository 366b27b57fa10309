"""The one call that configures logging."""

import logging
import sys
from collections.abc import Iterable
from typing import Any, Literal, get_args

from jsonlog.redact import redact_values

Style = Literal["json", "ecs", "gcp", "pretty", "auto"]
_FORMATTERS = {
    "json": "jsonlog.formatter.JsonFormatter",
    "ecs": "jsonlog.ecs.EcsFormatter",
    "gcp": "jsonlog.google.GoogleCloudFormatter",
    "pretty": "jsonlog.pretty.PrettyFormatter",
}


def logging_config(
    *,
    service: str,
    version: str = "",
    environment: str = "",
    level: str = "INFO",
    style: Style = "json",
    pii: bool = False,
    secrets: Iterable[str] = (),
) -> dict[str, Any]:
    """A dictionary for Django's LOGGING or `logging.config.dictConfig`: every logger, one line per record, to stderr.

    stdout stays free for what management commands print. `style`: `json`, `ecs` (Elastic), `gcp` (Google Cloud),
    `pretty` (for people) or `auto`, which is pretty on a terminal and json anywhere else. `pii` shows e-mail addresses
    and the like. `secrets` are values that must appear nowhere. Raises ValueError for an unknown level or style.
    """
    level = level.upper()
    if level not in logging.getLevelNamesMapping():
        raise ValueError(f"level: {level!r} is none of DEBUG, INFO, WARNING, ERROR, CRITICAL")
    if style not in get_args(Style):
        raise ValueError(f"style: {style!r} is none of {', '.join(get_args(Style))}")
    redact_values(*secrets)
    if style == "auto":
        style = "pretty" if sys.stderr is not None and sys.stderr.isatty() else "json"
    formatter = {
        "()": _FORMATTERS[style],
        "service": service,
        "version": version,
        "environment": environment,
        "pii": pii,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"jsonlog": formatter},
        "handlers": {
            "console": {"class": "jsonlog.handler.LineHandler", "stream": "ext://sys.stderr", "formatter": "jsonlog"}
        },
        "root": {"level": level, "handlers": ["console"]},
        "loggers": {
            # Django's own configuration gives these two handlers; without them their records come here once.
            "django": {"level": "NOTSET", "handlers": [], "propagate": True},
            # runserver's request line would repeat the access line of RequestIdMiddleware
            "django.server": {"level": "ERROR", "handlers": [], "propagate": True},
        },
    }
