"""Sessions: begun by a sign-in, kept alive by rotating refresh tokens, ended by sign-out, reuse or a user's change."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from eventbus import jobs
from users.client_info import ClientInfo
from users.errors import RefreshInvalid, RefreshReused
from users.models import RefreshToken, Session, User
from users.selectors.people import role_names
from users.services.audit import audit_record
from users.tokens import access_token

SESSION_LIFE = timedelta(days=30)
IDLE_LIFE = timedelta(days=7)
# A client that lost the answer, or whose tabs refresh at once, is given the same child within this time.
GRACE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client holds: a short-lived access token and the opaque refresh token; and whose they are."""

    access: str
    refresh: str
    user_id: UUID


def session_start(*, user: User, client: ClientInfo) -> TokenPair:
    """Begins a session of the user; inside the caller's transaction."""
    now = timezone.now()
    session = Session.objects.create(
        user=user,
        last_used_at=now,
        expires_at=now + SESSION_LIFE,
        address=client.address,
        user_agent=client.user_agent,
    )
    refresh = secrets.token_urlsafe(32)
    _store(refresh, session=session, parent=None, now=now)
    return TokenPair(_access(session), refresh, user.pk)


def session_refresh(*, refresh: str, client: ClientInfo) -> TokenPair:
    """Exchanges a refresh token for its one child and a new access token.

    Of exchanges at once one wins the compare-and-swap; within ten seconds the others get the same child, as long as
    that has not been used. Any later exchange ends the session: somebody has a copy. Raises RefreshInvalid,
    RefreshReused.
    """
    with transaction.atomic():
        pair = _exchange(refresh, client)
    if pair is None:  # raised out here, so that the end of the session is committed
        raise RefreshReused
    return pair


def session_end(*, refresh: str, client: ClientInfo) -> None:
    """Ends the session of this token, used or not. An unknown token is no error (RFC 7009): it opens nothing."""
    with transaction.atomic():
        token = RefreshToken.objects.select_related("session").filter(token_hash=_digest(refresh)).first()
        if token is not None and _revoke(token.session, "signed_out"):
            audit_record(event="sign_out", user_id=token.session.user_id, client=client)


def session_revoke(*, session: Session) -> None:
    """Ends one session from elsewhere. Its access token opens nothing at auth, and elsewhere for its ten minutes."""
    with transaction.atomic():
        if _revoke(session, "revoked"):
            audit_record(event="session_revoked", user_id=session.user_id, detail={"session_id": str(session.pk)})


def sessions_revoke(*, user: User, reason: str) -> int:
    """Ends all of the user's sessions; returns how many."""
    alive = Session.objects.filter(user=user, revoked_at=None)
    return alive.update(revoked_at=timezone.now(), revoke_reason=reason)


def sessions_purge() -> int:
    """Deletes sessions that have been over for a day, with their tokens; returns how many rows."""
    return Session.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


def _exchange(refresh: str, client: ClientInfo) -> TokenPair | None:
    now = timezone.now()
    token = RefreshToken.objects.select_related("session__user").filter(token_hash=_digest(refresh)).first()
    if token is None or not token.session.is_alive(now) or not token.session.user.is_active:
        raise RefreshInvalid
    if token.used_at is None and token.expires_at <= now:
        raise RefreshInvalid
    child = _derive_child(refresh)
    if RefreshToken.objects.filter(pk=token.pk, used_at=None).update(used_at=now):
        _store(child, session=token.session, parent=token, now=now)
        Session.objects.filter(pk=token.session_id).update(last_used_at=now)
    elif not _in_grace(token.pk, child, now):
        _revoke(token.session, "refresh_reused")
        audit_record(event="refresh_reused", user_id=token.session.user_id, client=client)
        jobs.enqueue("security_notice", {"user_id": str(token.session.user_id), "notice": "refresh_reused"})
        return None
    return TokenPair(_access(token.session), child, token.session.user_id)


def _in_grace(token_id: UUID, child: str, now: datetime) -> bool:
    """Whether the child may be handed out again; read afresh, as the winner has committed only now."""
    return RefreshToken.objects.filter(
        parent_id=token_id, parent__used_at__gte=now - GRACE, used_at=None, token_hash=_digest(child)
    ).exists()


def _revoke(session: Session, reason: str) -> bool:
    alive = Session.objects.filter(pk=session.pk, revoked_at=None)
    return bool(alive.update(revoked_at=timezone.now(), revoke_reason=reason))


def _access(session: Session) -> str:
    return access_token(user=session.user, session_id=session.pk, roles=role_names(session.user_id))


def _store(refresh: str, *, session: Session, parent: RefreshToken | None, now: datetime) -> None:
    RefreshToken.objects.create(
        session=session,
        parent=parent,
        token_hash=_digest(refresh),
        expires_at=min(now + IDLE_LIFE, session.expires_at),
    )


def _derive_child(refresh: str) -> str:
    """The child of a token, the same each time: nobody without SECRET_KEY can compute it, and it is stored nowhere."""
    key = f"users.refresh-child:{settings.SECRET_KEY}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, refresh.encode(), "sha256")).rstrip(b"=").decode()


def _digest(refresh: str) -> str:
    return hashlib.sha256(refresh.encode()).hexdigest()
