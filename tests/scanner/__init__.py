"""The virus scanner, with a real one; attachments is a Django library, and these are all the settings that it needs."""

from django.conf import settings

if not settings.configured:
    settings.configure()
