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
        "A second factor was switched on for your account just now.",
    ),
    "totp_removed": (
        "Signing in needs no code any more",
        "The second factor of your account was switched off just now.",
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


def send_notice(user: User, notice: str) -> None:
    """Tells the owner what happened to the account."""
    subject, text = NOTICES[notice]
    _send(user, subject, f"{text}\n\n{NOT_YOU}")


def _send(user: User, subject: str, text: str) -> None:
    EmailMessage(
        subject=subject,
        body=f"Hello {user.name},\n\n{text}\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[user.email],
        # RFC 3834: no vacation replies, please.
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    ).send()
