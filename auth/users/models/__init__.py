"""What auth owns; one module per part."""

from users.models.clients import PersonalAccessToken, ServiceClient
from users.models.links import OneTimeLink
from users.models.people import User
from users.models.records import AuditEntry, SignInThrottle
from users.models.registrations import Registration
from users.models.roles import Role, RoleAssignment, System
from users.models.second_factor import Passkey, PasskeyChallenge, RecoveryCode, SignInChallenge, TotpDevice
from users.models.sessions import RefreshToken, Session

__all__ = [
    "AuditEntry",
    "OneTimeLink",
    "Passkey",
    "PasskeyChallenge",
    "PersonalAccessToken",
    "RecoveryCode",
    "RefreshToken",
    "Registration",
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
