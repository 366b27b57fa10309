"""The Django project that is measured, chosen by VARIANT: as `startproject` makes one, with one library's probes.

VARIANT: bare, ours, wrapper, health-check, alive, watchman, celery. DATABASE_PORT: of the PostgreSQL on 127.0.0.1.
"""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

VARIANT = os.environ["VARIANT"]
OURS = ("ours", "wrapper", "celery")
APPS = {
    "health-check": ["health_check"],
    "watchman": ["watchman"],
    **{variant: ["healthcheck"] for variant in OURS},
}
QUEUE = "bench"
CELERY_CHECKS = [
    ("healthcheck.checks.broker", {"queues": [QUEUE]}),
    (
        "healthcheck.checks.workers",
        {"file": os.environ.get("BEAT", ""), "seconds": 6.0, "idle_seconds": 8.0, "queues": [QUEUE], "ttl": 1.0},
    ),
    "healthcheck.checks.celery",
]

settings.configure(
    SECRET_KEY="bench only",  # noqa: S106
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        *APPS.get(VARIANT, []),
    ],
    MIDDLEWARE=[
        *(["healthcheck.middleware.HealthCheckMiddleware"] if VARIANT in OURS else []),
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "bench",
            "USER": "postgres",
            "HOST": "127.0.0.1",
            "PORT": os.environ.get("DATABASE_PORT", ""),
            "CONN_MAX_AGE": 60,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    HEALTHCHECK={
        "SERVICE": "bench",
        "CELERY_APP": "project.celery",
        "TOKEN": "bench",
        "CHECKS": CELERY_CHECKS if VARIANT == "celery" else ["healthcheck.checks.database"],
    },
    WATCHMAN_CHECKS=("watchman.checks.databases",),
    ALIVE_CHECKS={"django_alive.checks.check_database": {}},
    LOGGING={"version": 1, "disable_existing_loggers": True},
)


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("app/", bare)]

if VARIANT == "celery":
    from celery import Celery

    from healthcheck import workers

    celery = Celery("bench", broker=os.environ["BROKER_URL"])
    celery.conf.update(task_default_queue=QUEUE, worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True)
    workers.install(file=os.environ["BEAT"])

    @celery.task(name="hold")
    def hold(seconds: float) -> None:
        import time

        time.sleep(seconds)


django.setup()
if VARIANT == "health-check":
    from health_check.views import HealthCheckView

    urlpatterns.append(path("probe/", HealthCheckView.as_view(checks=["health_check.Database"])))
elif VARIANT == "alive":
    from django_alive.views import healthcheck

    urlpatterns.append(path("probe/", healthcheck))
elif VARIANT == "watchman":
    urlpatterns.append(path("probe/", include("watchman.urls")))

application = get_wsgi_application()
if VARIANT == "wrapper":
    from healthcheck.wsgi import HealthCheckWSGI

    application = HealthCheckWSGI(application)
