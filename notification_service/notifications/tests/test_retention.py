"""Notices, e-mails and their reasons are kept for as long as the desk says, and no longer."""

from datetime import timedelta
from unittest.mock import patch

from django.test import TestCase, override_settings
from django.utils import timezone

from eventbus.testing import deliver, run_jobs
from notifications.models import Attempt, Decision, Delivery, Notice
from notifications.services import retention
from notifications.tasks import forget_old
from notifications.tests.cast import ERIN, meet


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

    def test_it_takes_a_bounded_number_at_a_time(self) -> None:
        with patch.object(retention, "BATCH", 1):
            forget_old()
            self.assertEqual(self.left(), [2, 2, 2, 2])
