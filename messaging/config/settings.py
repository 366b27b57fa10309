"""Settings of messaging. What differs between installations is an environment variable (.env.example)."""

from pathlib import Path

import attachments.conf
from comments.mail import conf as mail_conf
from servicekit import conf
from servicekit.env import Env

BASE_DIR = Path(__file__).resolve().parent.parent
SERVICE = "messaging"
VERSION = "0.1.0"

env = Env()
DEBUG = env.flag("DJANGO_DEBUG", default=False)
SECRET_KEY = env.secret("DJANGO_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("DJANGO_SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.hosts("DJANGO_ALLOWED_HOSTS", service=SERVICE)

INSTALLED_APPS = conf.installed_apps("attachments", "comments")
MIDDLEWARE = conf.middleware()
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = conf.templates()
APPEND_SLASH = False

DATABASES = {"default": env.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STORAGES = attachments.conf.storages(env, default_dir=BASE_DIR / "media")
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", default=25 * 1024 * 1024)
ATTACHMENT_SCANNER = attachments.conf.scanner(env)

MAIL_IN = mail_conf.incoming(env)

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

REST_FRAMEWORK = conf.rest_framework()
SPECTACULAR_SETTINGS = conf.spectacular(title="Messaging", version=VERSION)
JWTAUTH = conf.jwtauth(env, service=SERVICE)
EVENTBUS = conf.eventbus(
    env,
    service=SERVICE,
    producers={
        "auth-service": env.url("AUTH_SERVICE_URL"),
        "ticket-service": env.url("TICKET_SERVICE_URL"),
    },
)
HEALTHCHECK = conf.healthcheck(env, service=SERVICE, version=VERSION, own=["comments.health.mailbox"])
LOGGING = conf.logging(env, service=SERVICE, version=VERSION)
CELERY = conf.celery(env, service=SERVICE)
CACHES = conf.caches()

tls = conf.transport_security(env)
SECURE_PROXY_SSL_HEADER = tls.proxy_header
SECURE_HSTS_SECONDS = tls.hsts_seconds
SECURE_HSTS_INCLUDE_SUBDOMAINS = tls.on
SILENCED_SYSTEM_CHECKS = tls.silenced_checks
