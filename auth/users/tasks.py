"""Jobs and periodic work; see eventbus.jobs and eventbus.ticker."""

from typing import Any
from uuid import UUID

from django.core.management import call_command

from eventbus.jobs import job
from eventbus.ticker import every
from servicekit import idempotency
from users import mails
from users.models import User
from users.services import (
    administration,
    ceremonies,
    challenges,
    links,
    passwords,
    personal_tokens,
    registrations,
    sessions,
    throttle,
)
from users.services.email_change import email_change_send


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


@job("email_change")
def email_change(payload: dict[str, Any]) -> None:
    """Send the link that proves a new address."""
    user = User.objects.filter(pk=payload["user_id"]).first()
    if user is not None:
        email_change_send(user=user, email=payload["email"])


@job("email_changed")
def email_changed(payload: dict[str, Any]) -> None:
    """Tell the address that was."""
    user = User.objects.filter(pk=payload["user_id"]).first()
    if user is not None:
        mails.send_email_changed(user, payload["email"])


@job("registration")
def registration(payload: dict[str, Any]) -> None:
    """Send an applicant the link that proves their address."""
    registrations.registration_mail(registration_id=UUID(payload["registration_id"]))


@job("registration_refused")
def registration_refused(payload: dict[str, Any]) -> None:
    """Tell an applicant."""
    mails.send_registration_refused(payload["email"])


@every(seconds=3600)
def purge() -> None:
    """Deletes what has expired: sessions, links, challenges, personal tokens, registrations, counters, kept answers."""
    sessions.sessions_purge()
    links.links_purge()
    challenges.challenges_purge()
    ceremonies.passkey_challenges_purge()
    personal_tokens.personal_tokens_purge()
    registrations.registrations_purge()
    throttle.purge()
    idempotency.purge()
    call_command("clearsessions")
