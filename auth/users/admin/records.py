"""The audit log."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from users.admin.base import OperatorModelAdmin
from users.admin_site import operator
from users.models import AuditEntry
from users.selectors.audit import AuditFilter, audit_list


@admin.register(AuditEntry)
class AuditEntryAdmin(OperatorModelAdmin):
    """What happened, newest first; nobody changes it."""

    list_display = ("at", "event", "user_id", "actor", "address", "request_id", "detail")
    search_fields = ("=event", "=user_id", "=request_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """As `GET /api/v1/audit-log/`."""
        return audit_list(AuditFilter()).order_by("-id")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """tts's admins, as over the API."""
        return operator(request).has_role("tts:admin")
