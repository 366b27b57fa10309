"""Periodic work."""

from eventbus.ticker import every
from users.services import sessions, throttle


@every(seconds=3600)
def purge() -> None:
    """Deletes what has expired: sessions with their tokens, and counters of attempts."""
    sessions.sessions_purge()
    throttle.purge()
