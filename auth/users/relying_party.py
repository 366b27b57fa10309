"""What auth is to browsers: the origins of its pages and, of those, the name that passkeys are bound to.

Both are configured; what a request calls its host is never asked.
"""

from urllib.parse import urlsplit

from django.conf import settings

NAME = "Ticket Tracking System"


def own_origins() -> list[str]:
    """BROWSER_ORIGINS, or that of AUTH_PUBLIC_URL."""
    if settings.BROWSER_ORIGINS:
        return list(settings.BROWSER_ORIGINS)
    parts = urlsplit(settings.AUTH_PUBLIC_URL)
    return [f"{parts.scheme}://{parts.netloc}"]


def rp_id() -> str:
    """The host of AUTH_PUBLIC_URL (W3C Web Authentication, 5.1.2): its passkeys are worth nothing anywhere else."""
    return urlsplit(settings.AUTH_PUBLIC_URL).hostname or ""
