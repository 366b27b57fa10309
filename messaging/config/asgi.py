"""The ASGI application, for an ASGI server."""

import os

from django.core.asgi import get_asgi_application

from healthcheck.asgi import HealthCheckASGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = HealthCheckASGI(get_asgi_application())
