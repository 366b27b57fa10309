"""Slowing down guesses: counters in the database, so that they hold across processes and restarts."""

import hashlib
import time
from dataclasses import dataclass

from django.db import connection

from users.errors import TooManyAttempts
from users.models import SignInThrottle

FORGET_SECONDS = 3600.0
# The wait doubles from one second to 512.
MAX_DOUBLINGS = 9

# The attempt is counted before it is looked at: of many at once only those that got a row back go on. A free one blocks
# nobody: two at once may arrive here in another order than they read the clock.
_ADMIT = """
INSERT INTO users_signinthrottle AS counter (key, failures, blocked_until, updated_at)
VALUES (%(key)s, 1, 0, %(now)s)
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN counter.updated_at < %(forget)s THEN 1 ELSE counter.failures + 1 END,
    blocked_until = CASE
        WHEN counter.updated_at < %(forget)s OR counter.failures < %(free)s THEN 0
        WHEN counter.failures - %(free)s > %(doublings)s THEN %(now)s + (1 << %(doublings)s)
        ELSE %(now)s + (1 << (counter.failures - %(free)s)) END,
    updated_at = %(now)s
WHERE counter.blocked_until <= %(now)s
RETURNING failures
"""
# By hand, too: on the way of every sign-in the ORM's compiler would cost more than the database.
_SETTLE = """
UPDATE users_signinthrottle SET
    failures = CASE WHEN key = %(forgotten)s OR failures = 0 THEN 0 ELSE failures - 1 END,
    blocked_until = CASE WHEN key = %(forgotten)s THEN 0 ELSE blocked_until END
WHERE key IN (%(forgotten)s, %(forgiven)s)
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is counted, and how many attempts in an hour wait for nothing."""

    name: str
    free: int

    @property
    def key(self) -> str:
        """A digest: of one length, and the table tells nobody what was typed."""
        return hashlib.sha256(self.name.encode()).hexdigest()


def account(name: str) -> Subject:
    """An account by what was typed as its name, whether it exists or not."""
    return Subject(f"account:{name}", free=5)


def address(network: str) -> Subject:
    """A network address; many people may share one."""
    return Subject(f"address:{network}", free=50)


def admit(*subjects: Subject) -> None:
    """Counts an attempt of each subject; raises TooManyAttempts with the seconds to wait while one is blocked."""
    for subject in subjects:
        _admit(subject)


def _admit(subject: Subject) -> None:
    now = time.time()
    values: dict[str, str | float] = {
        "key": subject.key,
        "now": now,
        "forget": now - FORGET_SECONDS,
        "free": subject.free,
        "doublings": MAX_DOUBLINGS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADMIT, values)
        admitted = cursor.fetchone()
    if admitted is None:
        blocked_until = SignInThrottle.objects.filter(pk=subject.key).values_list("blocked_until", flat=True).first()
        raise TooManyAttempts((blocked_until or now) - now)


def settle(*, forgotten: Subject | None = None, forgiven: Subject | None = None) -> None:
    """After an attempt that succeeded: starts one subject's count anew, takes the attempt back from the other's."""
    subjects = {"forgotten": forgotten, "forgiven": forgiven}
    keys = {role: subject.key if subject else None for role, subject in subjects.items()}
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, keys)


def purge() -> int:
    """Deletes counters that no longer count; returns how many."""
    return SignInThrottle.objects.filter(updated_at__lt=time.time() - FORGET_SECONDS).delete()[0]
