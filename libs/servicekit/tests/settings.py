"""Settings of servicekit's own tests: no other library of the suite but jsonlog. DATABASE_URL chooses PostgreSQL."""

import os
from pathlib import Path

from servicekit import conf
from servicekit.env import Env

BASE_DIR = Path(__file__).resolve().parent.parent
SERVICE = "servicekit"
VERSION = "0"

env = Env({**os.environ, "DJANGO_ENV": "test"})
SECRET_KEY = env.secret("DJANGO_SECRET_KEY")
INSTALLED_APPS = ["rest_framework", "drf_spectacular", "servicekit", "tests"]
MIDDLEWARE = [name for name in conf.middleware() if not name.startswith("healthcheck.")]
ROOT_URLCONF = "tests.urls"
TEMPLATES = conf.templates()
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
DATABASES = {"default": env.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REST_FRAMEWORK = conf.rest_framework() | {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tests.authentication.NameAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
}
SPECTACULAR_SETTINGS = conf.spectacular(title="servicekit", version="0")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "loggers": {"django": {"handlers": ["nowhere"], "propagate": False}},
    "root": {"handlers": ["nowhere"]},
}
