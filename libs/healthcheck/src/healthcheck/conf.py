"""The setting HEALTHCHECK, read once and checked."""

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from healthcheck.definition import Definition, definition_of


@dataclass(frozen=True, kw_only=True)
class Conf:
    """HEALTHCHECK with its keys in lower case.

    `checks`: dotted paths; `token`: opens the details, none when empty; `deadline`: seconds within which every answer
    is given, below the orchestrator's timeout; `celery_app`: dotted path for `healthcheck.checks.celery`.
    """

    service: str
    version: str = ""
    checks: tuple[str, ...] = ("healthcheck.checks.database",)
    token: str = ""
    deadline: float = 0.8
    celery_app: str = ""

    def definitions(self) -> list[Definition]:
        """The checks, imported. Raises ImproperlyConfigured for a wrong path and for two checks of one name."""
        found: dict[str, Definition] = {}
        for path in self.checks:
            try:
                definition = definition_of(import_string(path))
            except ImportError as error:
                raise ImproperlyConfigured(f"HEALTHCHECK['CHECKS']: cannot import {path!r}: {error}") from error
            if definition.name in found:
                raise ImproperlyConfigured(f"HEALTHCHECK['CHECKS']: two checks are named {definition.name!r}")
            found[definition.name] = definition
        return list(found.values())


def load() -> Conf:
    """Reads the setting. Raises ImproperlyConfigured when it is missing or has an unknown key."""
    given: dict[str, Any] = dict(getattr(settings, "HEALTHCHECK", {}))
    unknown = given.keys() - {item.name.upper() for item in fields(Conf)}
    if unknown:
        raise ImproperlyConfigured(f"HEALTHCHECK: unknown key {', '.join(sorted(unknown))}")
    if not given.get("SERVICE"):
        raise ImproperlyConfigured("HEALTHCHECK['SERVICE'] must name the service")
    given["CHECKS"] = tuple(given.get("CHECKS", Conf.checks))
    return Conf(**{key.lower(): value for key, value in given.items()})
