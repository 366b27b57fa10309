"""The one way in which a user's public state changes: a new version, its event, and, if need be, no token survives."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from users import events
from users.models import User
from users.services.audit import audit_record
from users.services.personal_tokens import personal_tokens_revoke
from users.services.sessions import sessions_revoke

# Scripts go on through a change of roles, which their next token has, and through signing out everywhere.
ENDS_SCRIPTS: frozenset[events.RevokeReason] = frozenset({"deactivated", "suspended", "password_changed"})

# Called with the version of the locked row; raises when the change is based on another.
Match = Callable[[int], None]


def any_version(version: int) -> None:
    """The `Match` of who reads and writes in one step."""


def user_lock(user: User) -> User:
    """The user as stored, locked until the transaction ends."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def user_commit(*, user: User, fields: list[str], revoke: events.RevokeReason | None = None) -> None:
    """Stores the fields of a locked user under a new version and publishes it.

    With `revoke` every token and session issued so far is void, and the other services are told so.
    """
    with transaction.atomic():
        user.version += 1
        if revoke:
            user.token_version += 1
        user.save(update_fields=[*fields, "version", "token_version"])
        events.publish_user_changed(user)
        if revoke:
            sessions_revoke(user=user, reason=revoke)
            if revoke in ENDS_SCRIPTS:
                personal_tokens_revoke(user=user)
            events.publish_user_revoked(user, revoke)


def user_sign_out_everywhere(*, user_id: UUID) -> None:
    """Ends every session of the user and voids their tokens in every service."""
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user_id)
        user_commit(user=locked, fields=[], revoke="logout_everywhere")
        audit_record(event="signed_out_everywhere", user_id=user_id)
