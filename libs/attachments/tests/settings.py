"""Settings of the tests; the store is a folder that each test makes."""

import os

from servicekit.env import Env

env = Env({**os.environ, "DJANGO_ENV": "test"})
SECRET_KEY = env.secret("DJANGO_SECRET_KEY")
INSTALLED_APPS = ["attachments", "tests"]
DATABASES = {"default": env.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
