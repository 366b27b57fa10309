"""When to try again."""

from datetime import datetime, timedelta

from django.utils import timezone

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 300.0
MAX_ATTEMPTS = 12
# How long an event waits for another one, whose producer may be away over a weekend.
PATIENCE = timedelta(days=3)


def next_attempt(attempts: int) -> datetime:
    """The time of the next try after `attempts` failed ones: 0.5 s, doubled each time, 5 minutes at most."""
    seconds = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(attempts - 1, 20))
    return timezone.now() + timedelta(seconds=seconds)
