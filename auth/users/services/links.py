"""Links sent by mail: made, and redeemed once."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from users.errors import LinkInvalid
from users.models import OneTimeLink, User

LIFE = {
    OneTimeLink.Purpose.PASSWORD_RESET: timedelta(minutes=30),
    OneTimeLink.Purpose.INVITATION: timedelta(days=3),
    OneTimeLink.Purpose.EMAIL_CHANGE: timedelta(hours=1),
}
# The pages of the front end; the token is in the fragment, which browsers send to nobody.
PAGES = {
    OneTimeLink.Purpose.PASSWORD_RESET: "password-reset",
    OneTimeLink.Purpose.INVITATION: "invitation",
    OneTimeLink.Purpose.EMAIL_CHANGE: "email-change",
}


def link_create(*, user: User, purpose: OneTimeLink.Purpose, email: str = "") -> str:
    """A URL under AUTH_PUBLIC_URL, never under what a request calls its host; earlier ones of this purpose are void."""
    token = new_token()
    with transaction.atomic():
        OneTimeLink.objects.filter(user=user, purpose=purpose).delete()
        OneTimeLink.objects.create(
            user=user,
            purpose=purpose,
            email=email,
            token_hash=token_digest(token),
            expires_at=timezone.now() + LIFE[purpose],
        )
    return page_url(PAGES[purpose], token)


def link_redeem(*, token: str, purpose: OneTimeLink.Purpose) -> OneTimeLink:
    """The link with its user; of several redemptions one wins. Undone with the caller's transaction.

    Raises LinkInvalid, the same for unknown, used, expired, of another purpose, and of an inactive account.
    """
    now = timezone.now()
    link = OneTimeLink.objects.filter(
        token_hash=token_digest(token), purpose=purpose, used_at=None, expires_at__gt=now, user__is_active=True
    )
    found = link.select_related("user").first()
    if found is None or not link.update(used_at=now):
        raise LinkInvalid
    return found


def links_discard(*, user: User) -> None:
    """Voids every link of the user."""
    OneTimeLink.objects.filter(user=user).delete()


def links_purge() -> int:
    """Deletes links that have expired; returns how many."""
    return OneTimeLink.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def page_url(page: str, token: str) -> str:
    """The front end's page with the token in the fragment."""
    return f"{settings.AUTH_PUBLIC_URL}/{page}#token={token}"


def token_digest(token: str) -> str:
    """What is stored of a token: it is long and random, so that SHA-256 keeps it safe."""
    return hashlib.sha256(token.encode()).hexdigest()
