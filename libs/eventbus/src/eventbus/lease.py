"""One holder at a time, per database: a session-level advisory lock on the very connection that does the work.

When the holder dies, or only its connection does, PostgreSQL frees the lock at once and whatever the holder was still
doing fails with its connection: there is no clock to trust and no moment with two holders.
"""

import hashlib

from django.db import connection


class Lease:
    """A named lease of this thread's database connection."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._key = int.from_bytes(hashlib.sha256(f"eventbus:{name}".encode()).digest()[:8], "big", signed=True)
        self._session: object | None = None

    def held(self) -> bool:
        """Take the lease, or keep it. False while another session holds it. Raises `django.db.Error`."""
        if connection.vendor != "postgresql":
            return True  # SQLite has one writer; the suite uses it in unit tests only
        connection.ensure_connection()
        if self._session is connection.connection:
            return True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [self._key])
            row = cursor.fetchone()
        if not row or not row[0]:
            return False
        self._session = connection.connection
        return True
