"""The token in a mail's List-Unsubscribe: it says whose it is and what it mutes, and opens nothing else."""

from uuid import UUID

from django.core import signing

SALT = "notifications.unsubscribe"


def token(*, user_id: UUID, kind: str) -> str:
    """Return a signed token; it does not run out, as the mail that carries it does not."""
    return signing.dumps([str(user_id), kind], salt=SALT)


def read(text: str) -> tuple[UUID, str] | None:
    """Return the user and the kind of a token of ours, None of anything else."""
    try:
        user_id, kind = signing.loads(text, salt=SALT)
        return UUID(user_id), str(kind)
    except (signing.BadSignature, ValueError):
        return None
