"""Each channel is sent by a lane of its own: a mail server that hangs holds up no webhook."""

import threading
from unittest import skipUnless

from django.db import connection
from django.test import TransactionTestCase, override_settings, tag

from eventbus.jobs import lanes
from eventbus.testing import deliver
from eventbus.worker import Worker
from notifications.models import Delivery
from notifications.tests.cast import ERIN, endpoint, meet
from notifications.tests.mail_server import HANG, MailServer
from notifications.tests.web_server import WebServer


@tag("postgres")
# Not in a run on SQLite, as with nothing set up; in Scripts/test.sh, which has PostgreSQL, a skip fails the step.
@skipUnless(connection.vendor == "postgresql", "the lanes of a worker work beside each other on PostgreSQL only")
class Lanes(TransactionTestCase):
    def test_a_mail_server_that_hangs_holds_up_no_webhook(self) -> None:
        meet(ERIN)
        with (
            MailServer(greeting=HANG, patience=60) as mail_server,
            WebServer() as receiver,
            override_settings(**mail_server.settings, WEBHOOK_ALLOWED_HOSTS=["127.0.0.1"]),
        ):
            endpoint(url=receiver.url)
            deliver("ticket.created.v1")
            worker = Worker()
            thread = threading.Thread(target=worker.run, args=(None,))
            thread.start()
            try:
                self.assertTrue(mail_server.hanging.wait(30))
                for _ in range(20):  # behind the one that hangs
                    deliver("ticket.created.v1")
                self.assertTrue(receiver.wait_for(21, seconds=60))
                self.assertFalse(Delivery.objects.filter(channel="email", state="sent").exists())
            finally:
                worker.stop.set()
                mail_server.stop()
                thread.join(30)

    def test_there_is_one_for_each_channel(self) -> None:
        self.assertEqual(set(lanes()), {"", "email", "webhook", "chat"})
