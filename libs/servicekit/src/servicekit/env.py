"""Typed reading of environment variables that fails loudly and never falls back to something insecure."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from typing import Any

import environ  # type: ignore[import-untyped]
from django.core.exceptions import ImproperlyConfigured

NAMES = ("production", "development", "test")
BASE_URL = re.compile(r"https?://[^\s/?#@:]+(:[0-9]{1,5})?(/[^\s?#]*)?")
TRUE = frozenset({"1", "true", "yes", "on"})
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
FALSE = frozenset({"0", "false", "no", "off"})
SECRET_MIN_LENGTH = 32
SECRET_MIN_VARIETY = 8
PLACEHOLDERS = (
    "changeme",
    "change-me",
    "change_me",
    "django-insecure",
    "your-secret",
    "placeholder",
    "example",
    "xxxx",
)
TEST_SECRET = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"  # noqa: S105 - public on purpose, refused elsewhere

# libpq: a dead peer is noticed within half a minute instead of the kernel's two hours.
POSTGRESQL_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


# `Env` has methods called str, int and list; inside it those names no longer mean the types.
Text = str
Number = int
Texts = list[str]


def _missing(name: str, remedy: str = "a value") -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is not set: set it to {remedy}.")


def _is_test_run(argv: Sequence[str]) -> bool:
    return len(argv) > 1 and argv[1] == "test" and argv[0].endswith(("manage.py", "__main__.py", "django-admin"))


class Env:
    """The process's environment. Every reader raises `ImproperlyConfigured` that names the variable and the remedy.

    `name` is `DJANGO_ENV`: `production` (also when unset), `development` or `test` (also when unset and the command is
    `manage.py test`). Only `test` has defaults for secrets, addresses and the database.
    """

    def __init__(self, environment: Mapping[Text, Text] | None = None, argv: Sequence[Text] | None = None) -> None:
        self._environment: Mapping[Text, Text] = os.environ if environment is None else environment
        default = "test" if _is_test_run(sys.argv if argv is None else argv) else "production"
        self.name: Text = self._read("DJANGO_ENV") or default
        if self.name not in NAMES:
            raise ImproperlyConfigured(f"DJANGO_ENV is {self.name!r}: set it to one of {', '.join(NAMES)}.")

    @property
    def is_production(self) -> bool:
        return self.name == "production"

    @property
    def is_test(self) -> bool:
        return self.name == "test"

    def flag(self, name: Text, *, default: bool) -> bool:
        """A switch: 1/true/yes/on or 0/false/no/off. Unset or empty is `default`; anything else is an error."""
        text = self._read(name).lower()
        if not text:
            return default
        if text in TRUE:
            return True
        if text in FALSE:
            return False
        raise ImproperlyConfigured(f"{name} is {text!r}: set it to true or false.")

    def str(self, name: Text, *, default: Text | None = None) -> Text:
        """A text. Unset or empty is `default`; without a default it is required."""
        text = self._read(name)
        if text:
            return text
        if default is None:
            raise _missing(name)
        return default

    def int(self, name: Text, *, default: Number | None = None, minimum: Number = 0) -> Number:
        """A whole number of at least `minimum`. Unset or empty is `default`; without a default it is required."""
        text = self._read(name)
        if not text:
            if default is None:
                raise _missing(name)
            return default
        if not WHOLE_NUMBER.fullmatch(text) or Number(text) < minimum:
            raise ImproperlyConfigured(f"{name} is {text!r}: set it to a whole number of at least {minimum}.")
        return Number(text)

    def list(self, name: Text, *, default: Sequence[Text] | None = None) -> Texts:
        """Comma-separated texts, stripped, without empty ones. Unset is `default`; without one it is required."""
        text = self._read(name)
        if not text:
            if default is None:
                raise _missing(name)
            return [*default]
        return [part.strip() for part in text.split(",") if part.strip()]

    def networks(self, name: Text) -> Texts:
        """Comma-separated networks in CIDR notation, or single addresses. Unset is none."""
        texts = self.list(name, default=[])
        for text in texts:
            try:
                ip_network(text)
            except ValueError:
                raise ImproperlyConfigured(f"{name} has {text!r}: set it to networks such as 10.0.0.0/8.") from None
        return texts

    def url(self, name: Text, *, default: Text | None = None) -> Text:
        """An http(s) base URL, its last slash taken off. In `test`, unset: `http://<name>.test`, a name of no host."""
        if default is None and self.is_test:
            default = f"http://{name.removesuffix('_URL').replace('_', '-').lower()}.test"
        text = self.str(name, default=default).rstrip("/")
        if not BASE_URL.fullmatch(text):
            raise ImproperlyConfigured(f"{name} is {text!r}: set it to a base URL such as http://127.0.0.1:8000.")
        return text

    def hosts(self, name: Text, *, service: Text) -> Texts:
        """The Host names that are answered: those listed, and `service`, the name by which the other services call.

        Development and test have localhost by default; production requires the variable and refuses `*`.
        """
        local = None if self.is_production else ["localhost", "127.0.0.1", "[::1]"]
        hosts = self.list(name, default=local)
        if self.is_production and "*" in hosts:
            raise ImproperlyConfigured(f"{name} contains '*': list the host names that clients use.")
        return [*hosts, service]

    def secret(self, name: Text) -> Text:
        """A secret of at least 32 characters that is no known placeholder. In `test` one fixed, public value."""
        text = self._read(name)
        if self.is_test:
            return text or TEST_SECRET
        if not text:
            raise _missing(name, "a random value of 32 characters or more")
        return self._strong(name, text)

    def secrets(self, name: Text) -> Texts:
        """Comma-separated secrets, the one in use first and those that it replaced behind it. Unset is none."""
        return [text if self.is_test else self._strong(name, text) for text in self.list(name, default=[])]

    def _strong(self, name: Text, text: Text) -> Text:
        if len(text) < SECRET_MIN_LENGTH:
            raise ImproperlyConfigured(f"{name} is too short: use a random value of 32 characters or more.")
        if text == TEST_SECRET or len(set(text)) < SECRET_MIN_VARIETY or any(p in text.lower() for p in PLACEHOLDERS):
            raise ImproperlyConfigured(f"{name} is a placeholder: use a random value of 32 characters or more.")
        return text

    def database(self, name: Text) -> dict[Text, Any]:
        """Django's settings of the PostgreSQL database that the URL names. In `test`, unset: SQLite in memory."""
        text = self._read(name)
        if not text and self.is_test:
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
        if not text:
            raise _missing(name, "postgres://USER:PASSWORD@HOST:PORT/NAME")
        try:
            config: dict[Text, Any] = environ.Env.db_url_config(text)
        except (ValueError, environ.ImproperlyConfigured):
            config = {}
        if config.get("ENGINE") != "django.db.backends.postgresql" or not config.get("NAME"):
            # The value stays out of the message: it holds a password.
            raise ImproperlyConfigured(
                f"{name} is no PostgreSQL URL: set it to postgres://USER:PASSWORD@HOST:PORT/NAME."
            )
        return {
            **config,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {**POSTGRESQL_OPTIONS, **config.get("OPTIONS", {})},
        }

    def _read(self, name: Text) -> Text:
        return self._environment.get(name, "").strip()
