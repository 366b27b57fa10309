"""Notices, e-mails and their reasons are kept for as long as the desk says, and no longer."""

from datetime import timedelta
from unittest.mock import patch

from django.test import TestCase, override_settings
from django.utils import timezone

from eventbus.testing import deliver, run_jobs
from jwtauth.testing import api_client
from notifications.models import Attempt, Decision, Delivery, Notice
from notifications.services import retention
from notifications.tasks import forget_old, purge_idempotency_records
from notifications.tests.cast import ERIN, meet
from servicekit.models import IdempotencyRecord


@override_settings(NOTICES_KEEP_DAYS=90)
class Retention(TestCase):
    def setUp(self) -> None:
        meet(ERIN)
        for days in (91, 91, 89):
            with patch("django.utils.timezone.now", return_value=timezone.now() - timedelta(days=days)):
                deliver("ticket.created.v1")
                run_jobs()

    def left(self) -> list[int]:
        """How many rows of each kind there are."""
        return [model.objects.count() for model in (Notice, Delivery, Attempt, Decision)]

    def test_what_is_older_is_forgotten_with_its_words_and_what_is_younger_is_kept(self) -> None:
        self.assertEqual(self.left(), [3, 3, 3, 3])
        forget_old()
        self.assertEqual(self.left(), [1, 1, 1, 1])
        forget_old()
        self.assertEqual(self.left(), [1, 1, 1, 1])

    def test_what_is_put_off_until_later_is_kept(self) -> None:
        Notice.objects.update(snoozed_until=timezone.now() + timedelta(days=1))
        forget_old()
        self.assertEqual(Notice.objects.count(), 3)

    def test_an_answer_with_a_secret_is_kept_for_a_day(self) -> None:
        """The one that an Idempotency-Key repeats has the signing secret of a new endpoint in it."""
        hook = {"channel": "webhook", "name": "CI", "url": "https://ci.example.com/", "kinds": ["ticket_received"]}
        api_client(roles=["tts:admin"]).post("/api/v1/endpoints/", hook, headers={"Idempotency-Key": "k"})
        purge_idempotency_records()
        self.assertEqual(IdempotencyRecord.objects.count(), 1)
        with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(hours=25)):
            purge_idempotency_records()
        self.assertFalse(IdempotencyRecord.objects.exists())

    def test_it_takes_a_bounded_number_at_a_time(self) -> None:
        with patch.object(retention, "BATCH", 1):
            forget_old()
            self.assertEqual(self.left(), [2, 2, 2, 2])
