"""What a readiness probe may ask of tickets."""

from healthcheck import Result, check
from healthcheck.database import own_connection
from tickets.models import TicketSchedule


@check(name="schedules", critical=False)
def schedules() -> Result:
    """Warn while a schedule's ticket is due and cannot be filed: nobody waits for a ticket that was never there."""
    with own_connection():
        failing = TicketSchedule.objects.filter(is_active=True, failures__gt=0).count()
    return Result(status="warn" if failing else "pass", code="failing" if failing else "", detail={"failing": failing})
