"""Jobs and periodic work; see eventbus.jobs and eventbus.ticker."""

from typing import Any
from uuid import UUID

from eventbus.jobs import job
from eventbus.ticker import every
from notifications.services.delivery import deliveries_resume, delivery_send


@job("send_email")
def send_email(payload: dict[str, Any]) -> None:
    """Send one e-mail."""
    delivery_send(delivery_id=UUID(payload["delivery_id"]))


@every(seconds=60)
def resume_deliveries() -> None:
    """Take up e-mails whose job gave up while the mail server was away."""
    deliveries_resume()
