"""Who may call a route at all; who may see or change one ticket is decided by selectors and services."""

from jwtauth.permissions import PrincipalPermission
from jwtauth.principal import Principal
from tickets.access import SEE_ALL_ROLES


class FilesTickets(PrincipalPermission):
    """Employees of hdts and staff of tts file tickets."""

    def allows(self, principal: Principal) -> bool:
        """Whether this caller may."""
        return principal.is_staff or principal.has_role("hdts:employee")


class Coordinates(PrincipalPermission):
    """Coordinators and administrators of tts."""

    def allows(self, principal: Principal) -> bool:
        """Whether this caller may."""
        return principal.has_role(*SEE_ALL_ROLES)
