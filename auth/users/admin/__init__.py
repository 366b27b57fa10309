"""Django's admin site for operators: the same rules, services and audit log as the API (registered by import)."""

from django.contrib.admin import site
from django.contrib.auth.models import Group

from users.admin import access, people, records

site.unregister(Group)  # Django's own groups and permissions mean nothing here

__all__ = ["access", "people", "records"]
