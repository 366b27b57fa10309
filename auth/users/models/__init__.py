"""What auth owns; one module per part."""

from users.models.clients import ServiceClient
from users.models.links import OneTimeLink
from users.models.people import User
from users.models.records import AuditEntry, SignInThrottle
from users.models.roles import Role, RoleAssignment, System
from users.models.second_factor import RecoveryCode, SignInChallenge, TotpDevice
from users.models.sessions import RefreshToken, Session

__all__ = [
    "AuditEntry",
    "OneTimeLink",
    "RecoveryCode",
    "RefreshToken",
    "Role",
    "RoleAssignment",
    "ServiceClient",
    "Session",
    "SignInChallenge",
    "SignInThrottle",
    "System",
    "TotpDevice",
    "User",
]
