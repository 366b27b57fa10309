"""Telling a database that is away from a statement that it refused."""

from django.db import DatabaseError, InterfaceError, connection


def database_away(error: Exception) -> bool:
    """Whether the connection is gone, rather than this one statement refused."""
    if not isinstance(error, InterfaceError | DatabaseError):
        return False
    return connection.connection is None or not connection.is_usable()
