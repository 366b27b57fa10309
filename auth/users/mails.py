"""auth's own mail: what it says, and its way out. Nothing that somebody typed gets into a header but the address."""

from django.conf import settings
from django.core.mail import EmailMessage

from users.models import User

NOTICES: dict[str, tuple[str, str]] = {
    "password_changed": (
        "Your password was changed",
        "The password of your account was changed just now, and every session has been ended.",
    ),
    "totp_enabled": (
        "Signing in now needs a code",
        "Codes of an authenticator app were switched on for your account just now.",
    ),
    "totp_removed": (
        "Codes of your authenticator app were switched off",
        "The codes of the authenticator app of your account were switched off just now.",
    ),
    "passkey_added": (
        "A passkey was added",
        "A passkey, with which somebody can sign in to your account, was added just now. From now on the password "
        "alone is not enough.",
    ),
    "passkey_removed": (
        "A passkey was removed",
        "A passkey of your account was removed just now; nobody signs in with it any more.",
    ),
    "passkey_copied": (
        "A passkey of yours may have been copied",
        "Somebody tried to sign in with a passkey of yours whose counter had not moved on, which means that there may "
        "be a copy. They were not let in. Remove the passkey and add a new one.",
    ),
    "personal_token_created": (
        "A personal access token was made",
        "A personal access token, with which a script can act for you, was made for your account just now.",
    ),
    "email_change_requested": (
        "Another e-mail address for your account",
        "Somebody who knows your password asked to change the e-mail address of your account. It counts when the "
        "link that was sent to the new address has been opened.",
    ),
    "refresh_reused": (
        "A session of yours was ended",
        "Something signed in with a key that a session of yours had used up already, which means that there is a copy. "
        "The session has been ended; sign in again.",
    ),
    "recovery_code_used": (
        "A recovery code was used",
        "Somebody, probably you, signed in with one of your recovery codes just now.",
    ),
    "recovery_codes_renewed": (
        "New recovery codes",
        "New recovery codes were made for your account just now; the old ones are void.",
    ),
}
NOT_YOU = "If that was not you, tell your administrator at once."


def send_password_reset(user: User, link: str) -> None:
    """The link that sets a new password."""
    text = (
        f"somebody, probably you, asked for a new password for the account {user.username}.\n\n"
        f"Within 30 minutes you can set one here, once:\n\n{link}\n\n"
        "If it was not you, do nothing: your password stays as it is."
    )
    _send(user, "Set a new password", text)


def send_invitation(user: User, link: str) -> None:
    """The link with which a new account gets its first password."""
    text = (
        f"an account has been made for you; its name is {user.username}.\n\n"
        f"Within three days you can set your password here, once:\n\n{link}"
    )
    _send(user, "Your new account", text)


def send_email_change(user: User, email: str, link: str) -> None:
    """The link that proves a new address, sent there."""
    text = (
        f"this address is to become that of the account {user.username}.\n\n"
        f"Within an hour you can confirm it here, once:\n\n{link}\n\n"
        "If it was not you, do nothing."
    )
    _send(user, "Confirm your new address", text, to=email)


def send_email_changed(user: User, before: str) -> None:
    """Tells the address that was."""
    text = f"The e-mail address of your account was changed just now; this one no longer belongs to it.\n\n{NOT_YOU}"
    _send(user, "Your e-mail address was changed", text, to=before)


def send_registration_link(email: str, link: str) -> None:
    """The link that proves an applicant's address. Nothing that they typed is in it: it may be somebody else's."""
    text = (
        "somebody, probably you, asked for an account with this address.\n\n"
        f"Within a day you can confirm the address here, once:\n\n{link}\n\n"
        "An administrator looks at it then. If it was not you, do nothing."
    )
    _send(None, "Confirm your address", text, to=email)


def send_registered_already(email: str) -> None:
    """There is an account of this address: said to its owner, and to nobody who only typed it."""
    text = (
        "somebody, probably you, asked for an account with this address, but it has one already.\n\n"
        f"You can sign in, or set a new password: {settings.AUTH_PUBLIC_URL}\n\n"
        "If you never had a password, ask your help desk for an invitation."
    )
    _send(None, "You have an account", text, to=email)


def send_registration_refused(email: str) -> None:
    """An administrator said no."""
    _send(
        None, "Your registration", "your request for an account was not approved. Please ask your help desk.", to=email
    )


def send_notice(user: User, notice: str) -> None:
    """Tells the owner what happened to the account."""
    subject, text = NOTICES[notice]
    _send(user, subject, f"{text}\n\n{NOT_YOU}")


def _send(user: User | None, subject: str, text: str, *, to: str | None = None) -> None:
    if to is None:
        to = user.email if user else ""
    greeting = f"Hello {user.name}" if user else "Hello"
    EmailMessage(
        subject=subject,
        body=f"{greeting},\n\n{text}\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        # RFC 3834: no vacation replies, please.
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    ).send()
