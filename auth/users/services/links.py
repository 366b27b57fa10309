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
}
# The pages of the front end; the token is in the fragment, which browsers send to nobody.
PAGES = {
    OneTimeLink.Purpose.PASSWORD_RESET: "password-reset",
    OneTimeLink.Purpose.INVITATION: "invitation",
}


def link_create(*, user: User, purpose: OneTimeLink.Purpose) -> str:
    """A URL under AUTH_PUBLIC_URL, never under what a request calls its host; earlier ones of this purpose are void."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        OneTimeLink.objects.filter(user=user, purpose=purpose).delete()
        OneTimeLink.objects.create(
            user=user, purpose=purpose, token_hash=_digest(token), expires_at=timezone.now() + LIFE[purpose]
        )
    return f"{settings.AUTH_PUBLIC_URL}/{PAGES[purpose]}#token={token}"


def link_redeem(*, token: str, purpose: OneTimeLink.Purpose) -> User:
    """The link's user; of several redemptions one wins. Inside the caller's transaction, with which it is undone.

    Raises LinkInvalid, the same for unknown, used, expired, of another purpose, and of an inactive account.
    """
    now = timezone.now()
    link = OneTimeLink.objects.filter(
        token_hash=_digest(token), purpose=purpose, used_at=None, expires_at__gt=now, user__is_active=True
    )
    found = link.select_related("user").first()
    if found is None or not link.update(used_at=now):
        raise LinkInvalid
    return found.user


def links_discard(*, user: User) -> None:
    """Voids every link of the user."""
    OneTimeLink.objects.filter(user=user).delete()


def links_purge() -> int:
    """Deletes links that have expired; returns how many."""
    return OneTimeLink.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
