"""The Celery application: nudges for jobs whose truth is a row (see eventbus.jobs)."""

import os

from eventbus.celery import make_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = make_app()
