"""Who may call a view. Deny by default: a view that names none of these is closed to everyone."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from jwtauth.principal import Principal

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports this module, as the default permission


class DenyAll(BasePermission):
    """The default of every service: a view that forgot to say who may call it lets nobody in."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


class AllowAnyone(BasePermission):
    """Open on purpose."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return True


class PrincipalPermission(BasePermission):
    """Base of the rules about the caller; anonymous callers never pass."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Asks `allows` about a signed-in caller."""
        principal: object = request.user
        return isinstance(principal, Principal) and self.allows(principal)

    def allows(self, principal: Principal) -> bool:
        """Whether this caller may; a rule that does not say lets nobody in."""
        return False


class IsUser(PrincipalPermission):
    """Any signed-in person."""

    def allows(self, principal: Principal) -> bool:
        return principal.is_user


class IsSignedIn(PrincipalPermission):
    """A person who signed in themselves: what a script with a personal access token may never do for them."""

    def allows(self, principal: Principal) -> bool:
        return principal.is_user and not principal.is_delegated


class IsStaff(PrincipalPermission):
    """Any role of tts."""

    def allows(self, principal: Principal) -> bool:
        return principal.is_staff


def has_role(*roles: str) -> type[PrincipalPermission]:
    """A permission class for people who hold at least one of the roles, each `system:slug`."""
    if not roles or any(":" not in role for role in roles):
        raise ValueError("has_role takes roles in the form system:slug")

    class HasRole(PrincipalPermission):
        def allows(self, principal: Principal) -> bool:
            return principal.has_role(*roles)

    return HasRole


def has_scope(scope: str) -> type[PrincipalPermission]:
    """A permission class for services that were given the scope; no person passes, not even a superuser."""

    class HasScope(PrincipalPermission):
        def allows(self, principal: Principal) -> bool:
            return principal.kind == "service" and scope in principal.scopes

    return HasScope
