"""Settings of notification-service. What differs between installations is an environment variable (.env.example)."""

from pathlib import Path

import servicekit.mail
import servicekit.reply_address
from config import providers
from servicekit import conf
from servicekit.env import Env

BASE_DIR = Path(__file__).resolve().parent.parent
SERVICE = "notification-service"
VERSION = "0.1.0"

env = Env()
DEBUG = env.flag("DJANGO_DEBUG", default=False)
SECRET_KEY = env.secret("DJANGO_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("DJANGO_SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.hosts("DJANGO_ALLOWED_HOSTS", service=SERVICE)

INSTALLED_APPS = conf.installed_apps("notifications")
MIDDLEWARE = conf.middleware()
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = conf.templates()
APPEND_SLASH = False

DATABASES = {"default": env.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

REST_FRAMEWORK = conf.rest_framework()
SPECTACULAR_SETTINGS = conf.spectacular(title="Notification service", version=VERSION)
JWTAUTH = conf.jwtauth(env, service=SERVICE)
EVENTBUS = conf.eventbus(
    env,
    service=SERVICE,
    producers={
        "auth-service": env.url("AUTH_SERVICE_URL"),
        "ticket-service": env.url("TICKET_SERVICE_URL"),
        "workflow-api": env.url("WORKFLOW_API_URL"),
        "messaging": env.url("MESSAGING_URL"),
    },
)
HEALTHCHECK = conf.healthcheck(env, service=SERVICE, version=VERSION)
LOGGING = conf.logging(env, service=SERVICE, version=VERSION)
CELERY = conf.celery(env, service=SERVICE)
CACHES = conf.caches()

tls = conf.transport_security(env)
SECURE_PROXY_SSL_HEADER = tls.proxy_header
SECURE_HSTS_SECONDS = tls.hsts_seconds
SECURE_HSTS_INCLUDE_SUBDOMAINS = tls.on
SILENCED_SYSTEM_CHECKS = tls.silenced_checks

mail = servicekit.mail.outgoing(env, base_dir=BASE_DIR)
EMAIL_BACKEND = providers.backend(env, mail.backend)
EMAIL_FILE_PATH = mail.file_path
EMAIL_HOST = mail.host
EMAIL_PORT = mail.port
EMAIL_HOST_USER = mail.user
EMAIL_HOST_PASSWORD = mail.password
EMAIL_USE_TLS = mail.starttls
EMAIL_USE_SSL = mail.tls
EMAIL_TIMEOUT = mail.timeout
DEFAULT_FROM_EMAIL = mail.sender
MAIL_DOMAIN = mail.domain
# Of the provider, and of what it tells of mails afterwards.
ANYMAIL = providers.settings(env, timeout=mail.timeout)
# Where messaging reads the desk's mail, notices can be replied to; it has the same two.
MAIL_REPLY_SECRETS = env.secrets("MAIL_REPLY_SECRET")
MAIL_DESK_ADDRESS = servicekit.reply_address.desk_address(env, default="")

# Webhooks go to public addresses, and to these hosts wherever they are.
WEBHOOK_ALLOWED_HOSTS = env.list("WEBHOOK_ALLOWED_HOSTS", default=[])
# Where people's mail clients reach this service, for List-Unsubscribe; without it mails have none.
NOTIFICATION_PUBLIC_URL = env.str("NOTIFICATION_PUBLIC_URL", default="").rstrip("/")
# Longer than any event is delivered again (EVENTBUS_RETENTION_DAYS): a notice that is gone keeps no second one away.
NOTICES_KEEP_DAYS = env.int("NOTICES_KEEP_DAYS", default=365, minimum=60)
