"""Jobs and periodic work; see eventbus.jobs and eventbus.ticker."""

from typing import Any

from eventbus.jobs import job
from eventbus.ticker import every
from servicekit import idempotency
from users import mails
from users.models import User
from users.services import administration, challenges, links, passwords, sessions, throttle


@job("password_reset")
def password_reset(payload: dict[str, Any]) -> None:
    """Send a link that sets a new password, if the address is an account's."""
    passwords.password_reset_send(email=payload["email"])


@job("invitation")
def invitation(payload: dict[str, Any]) -> None:
    """Send the link that sets a new account's first password."""
    user = User.objects.filter(pk=payload["user_id"]).first()
    if user is not None:
        administration.invitation_send(user=user)


@job("security_notice")
def security_notice(payload: dict[str, Any]) -> None:
    """Tell a user what happened to their account."""
    user = User.objects.filter(pk=payload["user_id"]).first()
    if user is not None:
        mails.send_notice(user, payload["notice"])


@every(seconds=3600)
def purge() -> None:
    """Deletes what has expired: sessions with their tokens, links, challenges, counters, kept answers."""
    sessions.sessions_purge()
    links.links_purge()
    challenges.challenges_purge()
    throttle.purge()
    idempotency.purge()
