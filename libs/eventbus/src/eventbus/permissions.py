"""Who may use the views of this library: those whom a service names."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class Nobody(BasePermission):
    """Until a service says who may."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False
