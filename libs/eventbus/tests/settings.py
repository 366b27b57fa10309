"""Settings of this library's own tests. DATABASE_URL and TEST_BROKER_URL choose real servers."""

import environ  # type: ignore[import-untyped]

SECRET_KEY = "tests-of-eventbus"
USE_TZ = True
STATIC_URL = "/static/"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["rest_framework", "servicekit", "jwtauth", "eventbus"]
DATABASES = {"default": environ.Env().db("DATABASE_URL", default="sqlite://:memory:")}
ROOT_URLCONF = "tests.urls"
MIDDLEWARE = ["jsonlog.middleware.RequestIdMiddleware"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["jwtauth.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["jwtauth.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "servicekit.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
JWTAUTH = {
    "ISSUER": "tts-auth",
    "SERVICE": "ticket-service",
    "JWKS_URL": "http://auth.invalid/.well-known/jwks.json",
    "TOKEN_URL": "http://auth.invalid/api/v1/token/service/",
    "CLIENT_ID": "ticket-service",
    "CLIENT_SECRET": "secret-of-the-ticket-service",
    "KEY_SOURCE": "jwtauth.testing.key_source",
}
EVENTBUS = {"SERVICE": "ticket-service", "BROKER_URL": "", "PRODUCERS": {}, "POLL_SECONDS": 0.05}
CELERY = {
    "broker_url": environ.Env().str("TEST_BROKER_URL", default="amqp://127.0.0.1:1//"),
    "task_default_queue": "eventbus-tests.jobs",
    "broker_connection_timeout": 1,
}
