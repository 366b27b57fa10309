"""The one text form of a time."""

from datetime import UTC, datetime

# The same form for DRF's DateTimeField, which hands over times in UTC (TIME_ZONE is UTC everywhere).
DRF_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def rfc3339(moment: datetime) -> str:
    """`2026-11-21T23:55:38.123456Z` (RFC 3339, UTC, microseconds). A naive time is an error: it names no moment."""
    if moment.tzinfo is None:
        raise ValueError("rfc3339() needs an aware datetime.")
    return moment.astimezone(UTC).strftime(DRF_FORMAT)
