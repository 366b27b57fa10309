"""Settings of auth-service. What differs between installations is an environment variable (.env.example)."""

from pathlib import Path

import servicekit.mail
from servicekit import conf
from servicekit.env import Env

BASE_DIR = Path(__file__).resolve().parent.parent
SERVICE = "auth-service"
VERSION = "0.1.0"

env = Env()
DEBUG = env.flag("DJANGO_DEBUG", default=False)
SECRET_KEY = env.secret("DJANGO_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("DJANGO_SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.hosts("DJANGO_ALLOWED_HOSTS", service=SERVICE)

INSTALLED_APPS = conf.installed_apps(
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "users.apps.OperatorAdminConfig",
    "users",
)
MIDDLEWARE = conf.middleware(
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = conf.templates(
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)
APPEND_SLASH = False

DATABASES = {"default": env.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

AUTH_USER_MODEL = "users.User"
PASSWORD_HASHERS = ["users.hashers.Argon2idPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SIMPLE_JWT = {
    "ALGORITHM": "ES256",
    "SIGNING_KEY": "",  # simplejwt's own backend must not be able to sign with SECRET_KEY; users.tokens has the keys
    "TOKEN_TYPE_CLAIM": "typ",
    "USER_ID_CLAIM": "sub",
}
JWT_PRIVATE_KEYS = env.str("JWT_PRIVATE_KEYS", default="")
JWT_PRIVATE_KEY_FILE = env.str("JWT_PRIVATE_KEY_FILE", default="")
JWT_GENERATE_KEYS = {"development": "file", "test": "memory"}.get(env.name, "")
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
AUTH_PUBLIC_URL = env.url("AUTH_PUBLIC_URL", default=None if env.is_production else "http://localhost:8003")
BROWSER_ORIGINS = env.list("BROWSER_ORIGINS", default=[])
REFRESH_COOKIE_PATH = env.str("REFRESH_COOKIE_PATH", default="/api/v1/token/refresh/")
REGISTRATION_OPEN = env.flag("REGISTRATION_OPEN", default=True)
SERVICE_NAMES = [SERVICE, "ticket-service", "workflow-api", "messaging", "notification-service"]
SERVICE_SCOPES = ["events:read", "requesters:create", "tickets:file"]

REST_FRAMEWORK = conf.rest_framework() | {"EXCEPTION_HANDLER": "users.api.refusals.exception_handler"}
SPECTACULAR_SETTINGS = conf.spectacular(title="Auth service", version=VERSION) | {
    "ENUM_NAME_OVERRIDES": {
        "PersonalScopeEnum": "users.api.serializers.programs.PERSONAL_SCOPES",
        "ServiceScopeEnum": "config.settings.SERVICE_SCOPES",
    }
}
JWTAUTH = {
    "ISSUER": env.str("JWT_ISSUER", default="tts-auth"),
    "SERVICE": SERVICE,
    "KEY_SOURCE": "users.signing.key_source",
    "REVOCATION_CHECK": "users.selectors.sessions.is_revoked",
}
EVENTBUS = conf.eventbus(env, service=SERVICE, producers={})
HEALTHCHECK = conf.healthcheck(env, service=SERVICE, version=VERSION)
LOGGING = conf.logging(env, service=SERVICE, version=VERSION)
CELERY = conf.celery(env, service=SERVICE)
CACHES = conf.caches()

tls = conf.transport_security(env)
SECURE_PROXY_SSL_HEADER = tls.proxy_header
SECURE_HSTS_SECONDS = tls.hsts_seconds
SECURE_HSTS_INCLUDE_SUBDOMAINS = tls.on
SILENCED_SYSTEM_CHECKS = tls.silenced_checks

# The operators' site: its cookies go nowhere else, and its files come from the packages that bring them.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = tls.on
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

mail = servicekit.mail.outgoing(env, base_dir=BASE_DIR)
EMAIL_BACKEND = mail.backend
EMAIL_FILE_PATH = mail.file_path
EMAIL_HOST = mail.host
EMAIL_PORT = mail.port
EMAIL_HOST_USER = mail.user
EMAIL_HOST_PASSWORD = mail.password
EMAIL_USE_TLS = mail.starttls
EMAIL_USE_SSL = mail.tls
EMAIL_TIMEOUT = mail.timeout
DEFAULT_FROM_EMAIL = mail.sender
