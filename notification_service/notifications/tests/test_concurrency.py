"""Two workers at once on PostgreSQL: one notice, one e-mail."""

import contextlib
import threading
from collections.abc import Callable
from unittest import skipUnless
from uuid import UUID

from django.db import connection
from django.test import TransactionTestCase, override_settings, tag

from eventbus.jobs import RetryableJobError
from eventbus.testing import deliver
from notifications.models import Delivery, Notice, TicketProjection
from notifications.services.delivery import delivery_send
from notifications.tests.cast import CORA, ERIN, know_ticket, meet
from notifications.tests.mail_server import MailServer
from servicekit.ids import uuid7

ON_POSTGRESQL = skipUnless(connection.vendor == "postgresql", "needs row locks between connections")


def at_once(count: int, function: Callable[[int], object]) -> None:
    """Call the function in so many threads that start together; each has a connection of its own."""
    barrier = threading.Barrier(count)
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            barrier.wait(20)
            function(number)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]


@tag("postgres")
@ON_POSTGRESQL
class Concurrency(TransactionTestCase):
    def test_one_event_delivered_eight_times_at_once_makes_one_notice(self) -> None:
        meet(ERIN)
        event_id = uuid7()
        at_once(8, lambda _: deliver("ticket.created.v1", event_id=event_id))
        self.assertEqual((Notice.objects.count(), Delivery.objects.count()), (1, 1))

    def test_one_email_sent_by_eight_workers_at_once_leaves_once(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1")
        delivery_id: UUID = Delivery.objects.get().pk

        def send(_: int) -> None:
            with contextlib.suppress(RetryableJobError):  # another one was sending it
                delivery_send(delivery_id=delivery_id)

        with MailServer() as server, override_settings(**server.settings):
            at_once(8, send)
        self.assertEqual(len(server.received), 1)
        self.assertEqual(Delivery.objects.get().attempts, 1)

    def test_states_of_a_ticket_at_once_leave_the_newest(self) -> None:
        meet(CORA)
        at_once(8, lambda number: know_ticket(version=number + 1, subject=f"version {number + 1}"))
        held = TicketProjection.objects.get()
        self.assertEqual((held.version, held.subject), (8, "version 8"))
