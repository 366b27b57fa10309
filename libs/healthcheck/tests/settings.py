"""The smallest Django project that the tests need. DATABASE_URL chooses PostgreSQL."""

import os
from typing import Any
from urllib.parse import urlsplit


def database(url: str) -> dict[str, Any]:
    """Only what the tests need of postgres://user@host:port/name."""
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    parts = urlsplit(url)
    names = {"NAME": parts.path.lstrip("/"), "USER": parts.username, "PASSWORD": parts.password}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": parts.hostname,
        "PORT": parts.port,
        "OPTIONS": {"connect_timeout": 5},
        **names,
    }


SECRET_KEY = "tests only"
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = ["django.contrib.contenttypes", "healthcheck"]
MIDDLEWARE = ["healthcheck.middleware.HealthCheckMiddleware", "django.middleware.security.SecurityMiddleware"]
ROOT_URLCONF = "tests.urls"
USE_TZ = True
STATIC_URL = "/static/"
MEDIA_URL = "/media/"  # the live test server needs both
DATABASES = {"default": database(os.environ.get("DATABASE_URL", "")), "second": database("")}
HEALTHCHECK = {"SERVICE": "tests", "VERSION": "1.2.3"}
LOGGING = {"version": 1, "disable_existing_loggers": False, "loggers": {"healthcheck": {"level": "CRITICAL"}}}
