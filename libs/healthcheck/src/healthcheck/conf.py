"""The setting HEALTHCHECK, read once and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from healthcheck.definition import Definition, definition_of

Network = IPv4Network | IPv6Network
Entry = str | tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Conf:
    """HEALTHCHECK with its keys in lower case.

    `checks`: dotted paths, or pairs of a path and options; `token`: opens the details, none when empty;
    `internal_networks`: addresses that see the details without it, if no proxy stands between; `deadline`: seconds
    within which every answer is given, below the orchestrator's timeout; `celery_app`: dotted path, for
    `healthcheck.checks.celery` and `.broker`; `metrics`: whether `/metrics` is answered and requests are counted;
    `live_fails_after`: seconds of failed readiness after which `/livez` fails too, 0 for never.
    """

    service: str
    version: str = ""
    checks: tuple[Entry, ...] = ("healthcheck.checks.database",)
    token: str = ""
    internal_networks: tuple[Network, ...] = ()
    deadline: float = 0.8
    celery_app: str = ""
    metrics: bool = False
    live_fails_after: float = 0.0

    def definitions(self) -> list[Definition]:
        """The checks, imported. Raises ImproperlyConfigured for a wrong path or option and for two of one name."""
        found: dict[str, Definition] = {}
        for entry in self.checks:
            definition = _definition(entry)
            if definition.name in found:
                raise ImproperlyConfigured(f"HEALTHCHECK['CHECKS']: two checks are named {definition.name!r}")
            found[definition.name] = definition
        return list(found.values())


def _definition(entry: Entry) -> Definition:
    path, options = (entry, {}) if isinstance(entry, str) else entry
    try:
        return definition_of(import_string(path)).with_options(options)
    except ImportError as error:
        raise ImproperlyConfigured(f"HEALTHCHECK['CHECKS']: cannot import {path!r}: {error}") from error
    except TypeError as error:
        raise ImproperlyConfigured(f"HEALTHCHECK['CHECKS']: options of {path!r}: {error}") from error


def load() -> Conf:
    """Reads the setting. Raises ImproperlyConfigured when it is missing, has an unknown key or no network."""
    given: dict[str, Any] = dict(getattr(settings, "HEALTHCHECK", {}))
    unknown = given.keys() - {item.name.upper() for item in fields(Conf)}
    if unknown:
        raise ImproperlyConfigured(f"HEALTHCHECK: unknown key {', '.join(sorted(unknown))}")
    if not given.get("SERVICE"):
        raise ImproperlyConfigured("HEALTHCHECK['SERVICE'] must name the service")
    given["CHECKS"] = tuple(given.get("CHECKS", Conf.checks))
    try:
        given["INTERNAL_NETWORKS"] = tuple(ip_network(text) for text in given.get("INTERNAL_NETWORKS", ()))
    except ValueError as error:
        raise ImproperlyConfigured(f"HEALTHCHECK['INTERNAL_NETWORKS']: {error}") from error
    return Conf(**{key.lower(): value for key, value in given.items()})
