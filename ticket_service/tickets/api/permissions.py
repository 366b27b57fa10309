"""Who may call a route at all; who may see or change one ticket is decided by selectors and services."""

from jwtauth.permissions import PrincipalPermission
from jwtauth.principal import Principal


class FilesTickets(PrincipalPermission):
    """Employees of hdts and staff of tts file tickets."""

    def allows(self, principal: Principal) -> bool:
        """Whether this caller may."""
        return principal.is_staff or principal.has_role("hdts:employee")
