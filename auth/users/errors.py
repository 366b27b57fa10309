"""What can go wrong, by the fact."""

import math
from uuid import UUID

from servicekit.problems import Problem


class InvalidCredentials(Problem):
    """The same for an unknown name, a wrong password and an inactive account, so that none can be told apart."""

    status = 401
    code = "invalid_credentials"
    title = "User name or password is wrong."


class TooManyAttempts(Problem):
    """Guessing is slowed down; `seconds` until the next attempt is looked at."""

    status = 429
    code = "too_many_attempts"
    title = "Too many attempts."

    def __init__(self, seconds: float) -> None:
        super().__init__(headers={"Retry-After": str(max(1, math.ceil(seconds)))})


class PasswordWrong(Problem):
    """Asked of somebody who is signed in; no 401, as their token is good."""

    status = 403
    code = "password_wrong"
    title = "The password is wrong."


class LinkInvalid(Problem):
    """Unknown, used, expired, or of an account that is closed: none can be told apart."""

    status = 400
    code = "link_invalid"
    title = "The link is not valid, or no longer."


class ChallengeInvalid(Problem):
    """Unknown, used, expired, tried too often, or of an account that has changed since."""

    status = 401
    code = "challenge_invalid"
    title = "The challenge is not valid, or no longer; sign in again."


class CodeWrong(Problem):
    """Neither a present code of the device nor an unused recovery code; one that was used before is wrong, too."""

    status = 403
    code = "code_wrong"
    title = "The code is wrong."


class TotpOff(Problem):
    """There is no device that shows codes."""

    status = 409
    code = "totp_off"
    title = "Codes of an authenticator app are not switched on."


class SecondFactorOff(Problem):
    """There is neither a device that shows codes nor a passkey. The code is that of an older contract."""

    status = 409
    code = "totp_off"
    title = "The second factor is not switched on."


class SecondFactorRequired(Problem):
    """The account has one: the password alone does not change how it signs in."""

    status = 403
    code = "second_factor_required"
    title = "A code or a passkey is needed as well."


class PasskeyInvalid(Problem):
    """Signing in: an unknown passkey, a bad signature, a spent challenge, a closed account; none can be told apart."""

    status = 401
    code = "passkey_invalid"
    title = "The passkey was not accepted; try again."


class PasskeyWrong(Problem):
    """The same, asked of somebody who is signed in or has given their password; no 401, as that was good."""

    status = 403
    code = "passkey_wrong"
    title = "The passkey was not accepted; try again."


class PasskeyUnusable(Problem):
    """What a browser sent as a new passkey is none, or answers another challenge."""

    status = 400
    code = "passkey_unusable"
    title = "The passkey could not be added; try again."


class PasskeyKnown(Problem):
    """That credential is stored already."""

    status = 409
    code = "passkey_known"
    title = "This passkey is in use already."


class PasskeysOff(Problem):
    """There is none to confirm with."""

    status = 409
    code = "passkeys_off"
    title = "The account has no passkey."


class TooManyPasskeys(Problem):
    """Nobody has that many devices."""

    status = 409
    code = "too_many_passkeys"
    title = "There are too many passkeys; remove one first."


class TotpAlreadyOn(Problem):
    """It must be removed first."""

    status = 409
    code = "totp_already_on"
    title = "The second factor is on already."


class RefreshInvalid(Problem):
    """Unknown, expired, or of a session that ended."""

    status = 401
    code = "refresh_invalid"
    title = "The refresh token is not valid."


class RefreshReused(Problem):
    """A rotated token came back: somebody has a copy, so the session was ended."""

    status = 401
    code = "refresh_reused"
    title = "The refresh token was used before; the session has been ended."


class ClientInvalid(Problem):
    """An unknown client and a wrong secret alike."""

    status = 401
    code = "client_invalid"
    title = "Client id or secret is wrong."


class AudienceUnknown(Problem):
    """No service of that name."""

    status = 400
    code = "audience_unknown"
    title = "There is no service of that name."


class PersonalTokenInvalid(Problem):
    """Unknown, revoked, expired, or of an account that is closed: none can be told apart."""

    status = 401
    code = "personal_token_invalid"
    title = "The personal access token is not valid, or no longer."


class TooManyPersonalTokens(Problem):
    """Whoever has that many has forgotten what they are for."""

    status = 409
    code = "too_many_personal_tokens"
    title = "There are too many personal access tokens; revoke one first."


class RegistrationClosed(Problem):
    """This installation takes no registrations."""

    status = 403
    code = "registration_closed"
    title = "Accounts are made by administrators here."


class RegistrationDecided(Problem):
    """Somebody was faster."""

    status = 409
    code = "registration_decided"
    title = "The registration has been approved or refused already."


class RotationUnderWay(Exception):
    """The next key is published and does not sign yet; a second one would come before everybody knows the first."""


class OriginRefused(Problem):
    """A browser's cookie is believed only from our own pages."""

    status = 403
    code = "origin_refused"
    title = "Requests with the cookie are taken from our own pages only."


class UserAlreadyInactive(Problem):
    """Deactivated before."""

    status = 409
    code = "user_already_inactive"
    title = "The account is already inactive."


class UserAlreadyActive(Problem):
    """There is nothing to open."""

    status = 409
    code = "user_already_active"
    title = "The account is open."


class UserAlreadyJoined(Problem):
    """An invitation is for who has no password yet, and an account that is open."""

    status = 409
    code = "user_already_joined"
    title = "This account needs no invitation, or is closed."


class OwnRoles(Problem):
    """Nobody grants themselves a role, or rids themselves of one."""

    status = 409
    code = "own_roles"
    title = "You cannot change your own roles."


class RoleAlreadyHeld(Problem):
    """Granted before."""

    status = 409
    code = "role_already_held"
    title = "The user holds this role already."


class RoleInUse(Problem):
    """Somebody holds it."""

    status = 409
    code = "role_in_use"
    title = "The role is held by somebody; take it from them first."


class SystemInUse(Problem):
    """It has roles, and tokens and histories name them."""

    status = 409
    code = "system_in_use"
    title = "The system has roles."


class NotAdministered(Problem):
    """Somebody reached for what they do not administer; it is in the audit log, with `user_id` and `about`."""

    status = 403

    def __init__(self, *, user_id: UUID | None = None, **about: str) -> None:
        super().__init__()
        self.user_id = user_id
        self.about = about


class SystemNotAdministered(NotAdministered):
    """The caller is an admin, but not of this system."""

    code = "system_not_administered"
    title = "You do not administer this system."


class OwnAccount(Problem):
    """Nobody locks themselves out."""

    status = 409
    code = "own_account"
    title = "You cannot close your own account."


class UserNotAdministered(NotAdministered):
    """The caller may see this person, but the person holds roles that the caller does not administer."""

    code = "user_not_administered"
    title = "You do not administer this account."
