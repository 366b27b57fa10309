"""Settings of this library's own tests; PostgreSQL when DATABASE_URL says so."""

import environ  # type: ignore[import-untyped]

SECRET_KEY = "tests-of-jwtauth"
USE_TZ = True
INSTALLED_APPS = ["rest_framework", "drf_spectacular", "jwtauth"]
DATABASES = {"default": environ.Env().db("DATABASE_URL", default="sqlite://:memory:")}
ROOT_URLCONF = "tests.urls"
MIDDLEWARE: list[str] = []
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
