"""The setting `JWTAUTH`, read once and typed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from jwtauth.keys import KeySource
from jwtauth.principal import Principal

USER_AUDIENCE = "tts-suite"


@dataclass(frozen=True, slots=True)
class Config:
    """What `JWTAUTH` says; urls are empty where a service needs none (auth itself, tests)."""

    issuer: str
    service: str
    jwks_url: str
    token_url: str
    client_id: str
    client_secret: str
    key_source: KeySource
    is_revoked: Callable[[Principal], bool]


@lru_cache(maxsize=1)
def config() -> Config:
    """The configuration of this process.

    Raises ImproperlyConfigured when ISSUER or SERVICE is missing: without them any token would do.
    """
    given: dict[str, Any] = getattr(settings, "JWTAUTH", {})
    for name in ("ISSUER", "SERVICE"):
        if not given.get(name):
            raise ImproperlyConfigured(f"JWTAUTH[{name!r}] is empty: tokens could not be told apart. Set it.")
    return Config(
        issuer=given["ISSUER"],
        service=given["SERVICE"],
        jwks_url=given.get("JWKS_URL", ""),
        token_url=given.get("TOKEN_URL", ""),
        client_id=given.get("CLIENT_ID", given["SERVICE"]),
        client_secret=given.get("CLIENT_SECRET", ""),
        key_source=cast(KeySource, import_string(given.get("KEY_SOURCE", "jwtauth.jwks.key_source"))),
        is_revoked=import_string(given.get("REVOCATION_CHECK", "jwtauth.revocation.is_revoked")),
    )


def _forget(*, setting: str, **_: object) -> None:
    if setting == "JWTAUTH":
        config.cache_clear()


setting_changed.connect(_forget)
