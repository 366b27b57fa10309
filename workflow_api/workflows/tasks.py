"""What this service does by itself, without a request or an event; run by the worker that holds the ticker's lease."""

from eventbus.ticker import every
from servicekit import idempotency
from workflows.services.escalation import sla_tick
from workflows.services.rerouting import unrouted_retry


@every(seconds=5)
def retry_unrouted() -> None:
    """Give tasks that nobody has to people who came later, or to a workflow that was published later."""
    unrouted_retry()


@every(seconds=5)
def meet_deadlines() -> None:
    """Warn before a promised time ends, tell when it has, and give the step to its escalation role."""
    sla_tick()


@every(seconds=3600)
def purge_idempotency_records() -> None:
    """Forget answers that are too old to be asked for again."""
    idempotency.purge()
