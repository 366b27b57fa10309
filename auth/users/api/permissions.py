"""Who may call the routes about people, roles and the log; whom and what they reach there is the selectors' matter."""

from jwtauth.permissions import PrincipalPermission, has_role
from jwtauth.principal import Principal
from users.selectors.administration import administered_systems


class IsAdministrator(PrincipalPermission):
    """An admin of any system."""

    def allows(self, principal: Principal) -> bool:
        return principal.is_user and (principal.is_superuser or bool(administered_systems(principal)))


class IsSuperuser(PrincipalPermission):
    """Who may do all."""

    def allows(self, principal: Principal) -> bool:
        return principal.is_user and principal.is_superuser


OperatesSuite = has_role("tts:admin")
ReadsAuditLog = has_role("tts:admin")
ManagesEmployees = has_role("hdts:admin")


class SeesPeople(IsAdministrator):
    """Staff of tts, and admins of any system."""

    def allows(self, principal: Principal) -> bool:
        return principal.is_staff or super().allows(principal)
