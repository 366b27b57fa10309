"""Periodic work."""

from eventbus.ticker import every
from servicekit import idempotency
from users.services import sessions, throttle


@every(seconds=3600)
def purge() -> None:
    """Deletes what has expired: sessions with their tokens, counters of attempts, answers kept for repetition."""
    sessions.sessions_purge()
    throttle.purge()
    idempotency.purge()
