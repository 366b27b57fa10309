"""Periodic work of this service, run by the worker that holds the ticker's lease."""

from eventbus.ticker import every
from servicekit import idempotency


@every(seconds=3600)
def purge_idempotency_records() -> None:
    """Forgets answers that are too old to be asked for again."""
    idempotency.purge()
