"""Ids of every aggregate."""

import uuid

from uuid_utils import compat


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): sorts by the time it was made, and within one process by the order of the calls."""
    return compat.uuid7()
