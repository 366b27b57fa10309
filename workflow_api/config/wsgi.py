"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from healthcheck.wsgi import HealthCheckWSGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = HealthCheckWSGI(get_wsgi_application())
