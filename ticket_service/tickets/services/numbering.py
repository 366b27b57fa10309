"""Ticket numbers: TTS-<year>-<six digits>, without a gap and without a double."""

from django.db import connection

# One statement makes the year's row or counts it up; its row lock, held until the commit, makes creations of the same
# year take their numbers in turn. A creation that rolls back gives its number back.
_NEXT = """
    INSERT INTO tickets_numberseries AS series (year, last) VALUES (%s, 1)
    ON CONFLICT (year) DO UPDATE SET last = series.last + 1
    RETURNING last
"""


def number_next(*, year: int) -> str:
    """The next ticket number of a year; to be called late in the creating transaction, for it holds a lock."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [year])
        (last,) = cursor.fetchone()
    return f"TTS-{year}-{last:06d}"
