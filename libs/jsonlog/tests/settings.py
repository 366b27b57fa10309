"""The smallest Django project that the tests need."""

import jsonlog

SECRET_KEY = "tests only"
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = ["jsonlog.middleware.RequestIdMiddleware"]
ROOT_URLCONF = "tests.urls"
LOGGING = jsonlog.logging_config(service="tests", level="CRITICAL")
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
