"""How mail leaves a service, and from whom."""

from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import environ  # type: ignore[import-untyped]
from django.core.exceptions import ImproperlyConfigured

from servicekit.env import Env

# EMAIL_URL's way to say: no server, files in EMAIL_FILE_PATH.
FILES = "filemail://"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Values for Django's `EMAIL_*` and `DEFAULT_FROM_EMAIL`; `domain` is the right side of our message ids."""

    sender: str
    domain: str
    timeout: int
    backend: str
    file_path: str = ""
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def outgoing(env: Env, *, base_dir: Path) -> Mail:
    """Read EMAIL_URL, EMAIL_FILE_PATH, EMAIL_TIMEOUT (seconds) and DEFAULT_FROM_EMAIL.

    Production requires EMAIL_URL and DEFAULT_FROM_EMAIL; elsewhere mail goes to files under EMAIL_FILE_PATH.
    """
    sender = env.str("DEFAULT_FROM_EMAIL", default=None if env.is_production else "Help Desk <helpdesk@example.com>")
    domain = parseaddr(sender)[1].partition("@")[2]
    if not domain:
        raise ImproperlyConfigured(
            "DEFAULT_FROM_EMAIL holds no address: set it to one such as 'Help Desk <desk@example.com>'."
        )
    url = env.str("EMAIL_URL", default=None if env.is_production else FILES)
    # The same ceiling for connecting and for each reply; a server that hangs costs one job about this long.
    timeout = env.int("EMAIL_TIMEOUT", default=10, minimum=1)
    if url == FILES:
        return Mail(
            sender=sender,
            domain=domain,
            timeout=timeout,
            backend="django.core.mail.backends.filebased.EmailBackend",
            file_path=env.str("EMAIL_FILE_PATH", default=str(base_dir / ".local" / "mail")),
        )
    return _server(url, sender=sender, domain=domain, timeout=timeout)


def _server(url: str, *, sender: str, domain: str, timeout: int) -> Mail:
    try:
        found: dict[str, Any] = environ.Env.email_url_config(url)
    except (ValueError, ImproperlyConfigured):
        found = {}
    if not found.get("EMAIL_HOST"):
        # The value stays out of the message: it holds a password.
        raise ImproperlyConfigured(
            "EMAIL_URL names no mail server: set it to smtp://HOST:25, smtp+tls://USER:PASSWORD@HOST:587 (STARTTLS), "
            "smtp+ssl://USER:PASSWORD@HOST:465 or filemail:// (files in EMAIL_FILE_PATH)."
        )
    return Mail(
        sender=sender,
        domain=domain,
        timeout=timeout,
        backend=found["EMAIL_BACKEND"],
        host=found["EMAIL_HOST"],
        port=found["EMAIL_PORT"],
        user=found["EMAIL_HOST_USER"] or "",
        password=found["EMAIL_HOST_PASSWORD"] or "",
        starttls=bool(found.get("EMAIL_USE_TLS")),
        tls=bool(found.get("EMAIL_USE_SSL")),
    )
