"""A real mail server that refuses, hangs and hangs up: nothing is lost, and what is sent twice is the same."""

import socket
from datetime import timedelta

from django.test import TestCase, override_settings
from django.utils import timezone

from eventbus.models import Job
from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery
from notifications.services.delivery import IDLE, deliveries_resume
from notifications.tests.cast import CORA, ERIN, meet, sign_in
from notifications.tests.mail_server import (
    DROP_AFTER_DOT,
    DROP_BEFORE_DOT,
    DROP_IN_DATA,
    HANG,
    HANG_IN_DATA,
    MailServer,
)


class SendingToAMailServer(TestCase):
    def setUp(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1")

    def begin_anew(self) -> None:
        """Another ticket's message, and no other."""
        Delivery.objects.all().delete()
        Job.objects.all().delete()
        deliver("ticket.created.v1")

    def send(self, server: MailServer, times: int = 1) -> Delivery:
        with override_settings(**server.settings):
            for _ in range(times):
                run_jobs()
        return Delivery.objects.get()

    def resume(self, server: MailServer) -> Delivery:
        """What has no job left gets one, twenty minutes after its last try."""
        Delivery.objects.update(attempted_at=timezone.now() - IDLE - timedelta(seconds=1))
        deliveries_resume()
        return self.send(server)

    def assert_state(self, delivery: Delivery, state: str, attempts: int, last_error: str) -> None:
        found = (delivery.state, delivery.attempts, delivery.last_error)
        self.assertEqual(found, (state, attempts, last_error))

    def test_an_accepted_message_is_sent_once(self) -> None:
        with MailServer() as server:
            self.assert_state(self.send(server, times=3), "sent", 1, "")
        (message,) = server.received
        self.assertEqual(message["Message-ID"], Delivery.objects.get().message_id)
        self.assertIsNotNone(Delivery.objects.get().sent_at)

    def test_a_temporary_refusal_is_tried_again(self) -> None:
        with MailServer("451 Later, please") as server:
            self.assert_state(self.send(server), "pending", 1, "smtp_451")
            self.assert_state(self.send(server), "sent", 2, "")
        self.assertEqual(len(server.received), 1)

    def test_a_permanent_refusal_is_final(self) -> None:
        with MailServer("554 No") as server:
            self.assert_state(self.send(server, times=3), "failed", 1, "smtp_554")
        self.assertEqual(server.received, [])
        self.assertEqual(Job.objects.get().state, Job.State.FAILED)

    def test_an_unknown_mailbox_is_final(self) -> None:
        with MailServer(refuse_recipients="550 No such user") as server:
            self.assert_state(self.send(server, times=2), "failed", 1, "smtp_550")

    def test_a_full_mailbox_is_tried_again(self) -> None:
        with MailServer(refuse_recipients="452 Full") as server:
            self.assert_state(self.send(server), "pending", 1, "smtp_452")

    def test_a_server_that_hangs_is_left_and_tried_again(self) -> None:
        for greeting, script in ((HANG, []), ("", [HANG_IN_DATA])):
            with self.subTest(greeting=greeting), MailServer(*script, greeting=greeting) as server:
                self.begin_anew()
                self.assert_state(self.send(server), "pending", 1, "connection_lost")
                self.assertEqual((server.hanging.is_set(), server.received), (True, []))
                server.greeting = ""
                self.assert_state(self.send(server), "sent", 2, "")
                self.assertEqual(len(server.received), 1)

    def test_a_server_that_does_not_let_us_in_is_tried_again(self) -> None:
        for greeting, code in (("421 Too busy", "smtp_421"), ("554 No mail here", "smtp_554")):
            with self.subTest(greeting), MailServer(greeting=greeting) as server:
                self.begin_anew()
                self.assert_state(self.send(server), "pending", 1, code)

    def test_a_connection_lost_before_the_final_dot_makes_exactly_one_mail(self) -> None:
        for fault in (DROP_IN_DATA, DROP_BEFORE_DOT, HANG):
            with self.subTest(fault), MailServer(fault) as server:
                self.begin_anew()
                self.assert_state(self.send(server), "pending", 1, "outcome_unknown")
                self.assertEqual(server.received, [])
                self.assert_state(self.resume(server), "sent", 2, "")
                self.assert_state(self.resume(server), "sent", 2, "")
            self.assertEqual(len(server.received), 1)

    def test_a_connection_lost_after_the_final_dot_makes_at_most_one_more_with_the_same_id(self) -> None:
        with MailServer(DROP_AFTER_DOT) as server:
            self.assert_state(self.send(server, times=3), "pending", 1, "outcome_unknown")
            self.assertEqual(len(server.received), 1)
            self.assert_state(self.resume(server), "sent", 2, "")
            self.assert_state(self.resume(server), "sent", 2, "")
        self.assertEqual(len(server.received), 2)
        self.assertEqual(len({message["Message-ID"] for message in server.received}), 1)

    def test_it_is_counted_and_a_server_that_always_does_so_gets_no_third(self) -> None:
        with MailServer(*[DROP_AFTER_DOT] * 9) as server:
            self.send(server, times=3)
            self.assert_state(self.resume(server), "failed", 2, "outcome_unknown")
            self.assert_state(self.resume(server), "failed", 2, "outcome_unknown")
        self.assertEqual(len(server.received), 2)
        cora = sign_in(CORA)
        (row,) = cora.get("/api/v1/deliveries/?state=failed").json()["results"]
        self.assertEqual((row["unknown_outcomes"], row["last_error"]), (2, "outcome_unknown"))
        log = cora.get(f"/api/v1/deliveries/{row['id']}/").json()["log"]
        self.assertEqual(
            [(line["outcome"], line["answer"]) for line in log],
            [("retry", "outcome_unknown"), ("failed", "outcome_unknown")],
        )

    def test_no_server_at_all_is_tried_again(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            server = MailServer()
            server.port = closed.getsockname()[1]
            self.assert_state(self.send(server), "pending", 1, "mail_server_unreachable")
        self.assertEqual(Job.objects.get().state, Job.State.PENDING)

    @override_settings(EMAIL_HOST_USER="desk", EMAIL_HOST_PASSWORD="wrong")
    def test_wrong_settings_of_ours_lose_no_mail(self) -> None:
        with MailServer(refuse_sign_in=True) as server:
            self.assert_state(self.send(server), "pending", 1, "smtp_535")
        with MailServer() as server:  # offers no AUTH at all
            self.assert_state(self.send(server), "pending", 2, "smtp_not_supported")
