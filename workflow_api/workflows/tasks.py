"""What this service does by itself, without a request or an event."""

from eventbus.ticker import every
from workflows.services.rerouting import unrouted_retry


@every(seconds=5)
def retry_unrouted() -> None:
    """Give tasks that nobody has to people who came later, or to a workflow that was published later."""
    unrouted_retry()
