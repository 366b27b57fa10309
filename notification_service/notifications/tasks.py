"""Jobs and periodic work; see eventbus.jobs and eventbus.ticker."""

from typing import Any
from uuid import UUID

from eventbus.jobs import job
from eventbus.ticker import every
from notifications.services.delivery import deliveries_resume, delivery_send
from notifications.services.release import deliveries_release
from notifications.services.retention import old_forget
from servicekit import idempotency


@job("send_email", lane="email")
@job("send_webhook", lane="webhook")
@job("send_chat", lane="chat")
def send(payload: dict[str, Any]) -> None:
    """Send one message; each channel has a lane of its own, so that a slow one holds up no other."""
    delivery_send(delivery_id=UUID(payload["delivery_id"]))


@every(seconds=60)
def resume_deliveries() -> None:
    """Take up messages whose job gave up while their server was away."""
    deliveries_resume()


@every(seconds=15)
def release_deliveries() -> None:
    """Send what waited for the end of quiet hours or of a digest's window."""
    deliveries_release()


@every(seconds=3600)
def purge_idempotency_records() -> None:
    """Forget answers that are too old to be asked for again; among them are secrets that are shown once."""
    idempotency.purge()


@every(seconds=600)
def forget_old() -> None:
    """Delete what was told long ago."""
    old_forget()
