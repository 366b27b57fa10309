"""How e-mail leaves: by our SMTP backend, or by the API of a provider.

The providers are those of django-anymail that need no package of their own.
"""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from servicekit.env import Env

# Each gives back the metadata of a message in its reports, by which a report finds its delivery.
NAMES = frozenset({"brevo", "mailgun", "mailjet", "mailtrap", "postmark", "sendgrid", "sparkpost"})
WEBHOOK_SECRET = "WEBHOOK_SECRET"  # noqa: S105 - its name
LEAST_SECRET = 24


# It tells a lost connection from one that may have been lost too late (notifications/channels/smtp.py).
SMTP = {"django.core.mail.backends.smtp.EmailBackend": "notifications.channels.smtp.EmailBackend"}


def backend(env: Env, default: str) -> str:
    """Read EMAIL_PROVIDER; without one the backend is the default, and SMTP is ours. Raises ImproperlyConfigured."""
    name = env.str("EMAIL_PROVIDER", default="")
    if not name:
        return SMTP.get(default, default)
    if name not in NAMES:
        raise ImproperlyConfigured(f"EMAIL_PROVIDER is {name!r}: set it to one of {', '.join(sorted(NAMES))}.")
    return f"anymail.backends.{name}.EmailBackend"


def settings(env: Env, *, timeout: int) -> dict[str, Any]:
    """Read EMAIL_PROVIDER_SETTINGS: Anymail's settings as a JSON object, such as {"POSTMARK_SERVER_TOKEN": "..."}.

    `WEBHOOK_SECRET` in it is `user:password`, long enough not to be guessed. Raises ImproperlyConfigured, and never
    with the value, which holds keys.
    """
    text = env.str("EMAIL_PROVIDER_SETTINGS", default="{}")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ImproperlyConfigured("EMAIL_PROVIDER_SETTINGS is no JSON object of texts: see django-anymail's settings.")
    secret = found.get(WEBHOOK_SECRET)
    if secret is not None and (":" not in secret or len(secret) < LEAST_SECRET):
        raise ImproperlyConfigured(
            f"WEBHOOK_SECRET in EMAIL_PROVIDER_SETTINGS is not user:password of {LEAST_SECRET} characters or more."
        )
    return {"REQUESTS_TIMEOUT": timeout, **found}
