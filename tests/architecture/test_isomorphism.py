"""The five services are one shape: the same files at the same places, and settings that differ only where they must."""

import ast
from pathlib import Path
from unittest import TestCase

from suite.topology import Service

from .source import SERVICES

FILES = (
    "README.md",
    ".env.example",
    "entrypoint.sh",
    "manage.py",
    "openapi.yaml",
    "requirements.txt",
    "requirements-dev.txt",
    "config/__init__.py",
    "config/asgi.py",
    "config/celery.py",
    "config/settings.py",
    "config/urls.py",
    "config/wsgi.py",
    "{app}/__init__.py",
    "{app}/apps.py",
    "{app}/errors.py",
    "{app}/events.py",
    "{app}/models",
    "{app}/selectors",
    "{app}/services/__init__.py",
    "{app}/api/__init__.py",
    "{app}/api/serializers",
    "{app}/api/urls.py",
    "{app}/api/views",
    "{app}/migrations/__init__.py",
    "{app}/migrations/0001_initial.py",
    "{app}/tests/__init__.py",
    "{app}/tests/test_access.py",
    "{app}/tests/test_bad_input.py",
    "{app}/tests/test_contracts.py",
    "{app}/tests/test_query_counts.py",
)
# What a service does not have because there is nothing to put in it.
ABSENT = {"notification-service": {"{app}/events.py"}}  # it publishes nothing
CONSUMERS = "{app}/consumers.py"
SAME = ("entrypoint.sh", "manage.py", "config/asgi.py", "config/celery.py", "config/wsgi.py", "requirements-dev.txt")

MAIL_SETTINGS = {
    "mail",
    "EMAIL_BACKEND",
    "EMAIL_FILE_PATH",
    "EMAIL_HOST",
    "EMAIL_PORT",
    "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_USE_TLS",
    "EMAIL_USE_SSL",
    "EMAIL_TIMEOUT",
    "DEFAULT_FROM_EMAIL",
}

# Settings that a service has of its own; every other name is in all five and, the service's names aside, the same.
OWN_SETTINGS = {
    "auth-service": MAIL_SETTINGS
    | {
        "AUTH_USER_MODEL",
        "PASSWORD_HASHERS",
        "AUTH_PASSWORD_VALIDATORS",
        "SIMPLE_JWT",
        "JWT_PRIVATE_KEYS",
        "JWT_PRIVATE_KEY_FILE",
        "JWT_GENERATE_KEYS",
        "TRUSTED_PROXIES",
        "AUTH_PUBLIC_URL",
        "SERVICE_NAMES",
        "SERVICE_SCOPES",
        "REGISTRATION_OPEN",
        "BROWSER_ORIGINS",
        "REFRESH_COOKIE_PATH",
        "SESSION_COOKIE_AGE",
        "SESSION_COOKIE_PATH",
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_SAMESITE",
        "CSRF_COOKIE_PATH",
        "CSRF_COOKIE_SECURE",
        "CSRF_COOKIE_SAMESITE",
        "STATIC_URL",
        "WHITENOISE_USE_FINDERS",
    },
    "notification-service": MAIL_SETTINGS
    | {
        "MAIL_DOMAIN",
        "MAIL_REPLY_SECRETS",
        "MAIL_DESK_ADDRESS",
        "WEBHOOK_ALLOWED_HOSTS",
        "NOTIFICATION_PUBLIC_URL",
        "ANYMAIL",
        "NOTICES_KEEP_DAYS",
    },
    "ticket-service": {"STORAGES", "ATTACHMENT_MAX_BYTES", "ATTACHMENT_SCANNER", "TICKET_CLOSE_AFTER_DAYS"},
    "messaging": {"STORAGES", "ATTACHMENT_MAX_BYTES", "ATTACHMENT_SCANNER", "MAIL_IN"},
}
# Names in all five whose values are the service's: who it is, its apps, whose events it hears, what its health asks.
OWN_VALUES = {"SERVICE", "INSTALLED_APPS", "SPECTACULAR_SETTINGS", "EVENTBUS", "HEALTHCHECK"}
OWN_VALUES_OF_AUTH = OWN_VALUES | {"JWTAUTH", "MIDDLEWARE", "TEMPLATES", "REST_FRAMEWORK"}


def settings_of(service: Service) -> dict[str, str]:
    """The assigned names of a settings file with the source of their values, without comments and layout."""
    tree = ast.parse((service.path / "config" / "settings.py").read_text(encoding="utf-8"))
    values = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                values[ast.unparse(target)] = ast.unparse(node.value)
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            values[f"line {node.lineno}"] = ast.unparse(node)
    first = next(iter(values))
    if first == "line 1":  # the docstring
        del values[first]
    return values


def exists(path: Path) -> bool:
    """A file, or for a name without an ending a module or a package."""
    if path.suffix or path.name.startswith("."):
        return path.is_file()
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


class IsomorphismTests(TestCase):
    maxDiff = None

    def test_each_service_has_the_same_files(self) -> None:
        for service in SERVICES:
            expected = set(FILES) - ABSENT.get(service.name, set())
            expected |= {CONSUMERS} if service.consumes_from else set()
            missing = [name for name in sorted(expected) if not exists(service.path / name.format(app=service.app))]
            with self.subTest(service=service.name):
                self.assertEqual(missing, [])

    def test_the_files_that_hold_nothing_of_the_service_are_the_same(self) -> None:
        for name in SAME:
            with self.subTest(name=name):
                self.assertEqual(len({(service.path / name).read_text() for service in SERVICES}), 1)

    def test_settings_have_the_same_names_but_for_a_services_own(self) -> None:
        for service in SERVICES:
            own = OWN_SETTINGS.get(service.name, set())
            common = set(settings_of(SERVICES[0])) - OWN_SETTINGS["auth-service"]
            with self.subTest(service=service.name):
                self.assertEqual(set(settings_of(service)), common | own)

    def test_settings_have_the_same_values_but_for_a_services_own(self) -> None:
        model = settings_of(next(service for service in SERVICES if service.name == "ticket-service"))
        for service in SERVICES:
            allowed = OWN_VALUES_OF_AUTH if service.name == "auth-service" else OWN_VALUES
            for name, value in settings_of(service).items():
                if name in allowed or name not in model:
                    continue
                with self.subTest(service=service.name, name=name):
                    self.assertEqual(value, model[name])

    def test_settings_with_values_of_their_own_differ_only_in_names(self) -> None:
        """INSTALLED_APPS, the OpenAPI title and the event settings are made by the same calls everywhere."""
        calls = {"INSTALLED_APPS": "conf.installed_apps", "SPECTACULAR_SETTINGS": "conf.spectacular"}
        calls |= {"EVENTBUS": "conf.eventbus", "HEALTHCHECK": "conf.healthcheck"}
        for service in SERVICES:
            for name, call in calls.items():
                with self.subTest(service=service.name, name=name):
                    self.assertTrue(settings_of(service)[name].startswith(f"{call}("))
