"""A mail server that is away for longer than a job tries loses no mail."""

from datetime import timedelta
from unittest.mock import Mock, patch

from django.core import mail
from django.db.models import F
from django.test import TestCase
from django.utils import timezone

from eventbus import backoff
from eventbus.models import Job
from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery
from notifications.services.delivery import GIVE_UP, IDLE, SENDERS, _job_key
from notifications.tasks import resume_deliveries
from notifications.tests.cast import ERIN, meet


class ResumeDeliveries(TestCase):
    def setUp(self) -> None:
        meet(ERIN)
        deliver("ticket.created.v1")
        self.ago = timezone.now() - IDLE - timedelta(seconds=1)

    def test_an_idle_delivery_whose_job_failed_gets_a_new_one(self) -> None:
        Job.objects.update(state=Job.State.FAILED)
        Delivery.objects.update(attempts=12, attempted_at=self.ago, last_error="smtp_451")
        resume_deliveries()
        resume_deliveries()
        self.assertEqual(run_jobs(), 1)
        self.assertEqual(len(mail.outbox), 1)

    def test_what_no_sender_expected_for_a_quarter_of_an_hour_loses_no_mail(self) -> None:
        with patch.dict(SENDERS, {"email": Mock(side_effect=RuntimeError("a fault of ours"))}):
            for _ in range(backoff.MAX_ATTEMPTS):
                run_jobs()
        self.assertEqual((Job.objects.get().state, Delivery.objects.get().attempts), ("failed", 0))
        Delivery.objects.update(created_at=F("created_at") - IDLE - timedelta(seconds=1))
        Job.objects.update(key=_job_key(Delivery.objects.get()))
        resume_deliveries()
        run_jobs()
        self.assertEqual(len(mail.outbox), 1)

    def test_a_delivery_that_was_never_tried_is_found_too(self) -> None:
        Job.objects.all().delete()
        Delivery.objects.update(created_at=self.ago)
        resume_deliveries()
        self.assertEqual(run_jobs(), 1)

    def test_a_second_job_for_the_same_delivery_sends_nothing_more(self) -> None:
        Delivery.objects.update(attempts=1, attempted_at=self.ago)
        resume_deliveries()
        self.assertEqual(run_jobs(), 2)
        self.assertEqual(len(mail.outbox), 1)

    def test_a_delivery_that_is_being_tried_is_left_alone(self) -> None:
        Delivery.objects.update(attempts=1, attempted_at=timezone.now())
        resume_deliveries()
        self.assertEqual(Job.objects.count(), 1)

    def test_what_is_sent_or_failed_is_left_alone(self) -> None:
        for state in (Delivery.State.SENT, Delivery.State.FAILED):
            Delivery.objects.update(attempts=1, attempted_at=self.ago, state=state)
            resume_deliveries()
        self.assertEqual(Job.objects.count(), 1)

    def test_after_days_it_gives_up_and_says_so(self) -> None:
        Delivery.objects.update(created_at=timezone.now() - GIVE_UP - timedelta(seconds=1), last_error="smtp_451")
        resume_deliveries()
        delivery = Delivery.objects.get()
        self.assertEqual((delivery.state, delivery.last_error), ("failed", "gave_up"))
        run_jobs()
        self.assertEqual(mail.outbox, [])
