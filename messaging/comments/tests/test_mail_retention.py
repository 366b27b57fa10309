"""What came in by e-mail is kept for as long as the desk says; what it became stays."""

from dataclasses import replace
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.test import TestCase, override_settings
from django.utils import timezone

from comments.mail.conf import incoming
from comments.models import Comment, InboundMail
from comments.services.mail_in import mail_receive
from comments.tasks import forget_mails
from comments.tests.cast import ERIN, know_ticket
from comments.tests.mails import mail, reply_to
from comments.tests.test_mail_replies import MAIL_IN, meet
from servicekit.env import Env


@override_settings(MAIL_IN=replace(MAIL_IN, keep_days=90))
class MailRetention(TestCase):
    def setUp(self) -> None:
        meet(ERIN)
        know_ticket()
        mail_receive(raw=mail(ERIN, reply_to(ERIN)))

    def age(self, days: int) -> None:
        """Let so many days pass since the mails came."""
        InboundMail.objects.update(received_at=timezone.now() - timedelta(days=days))

    def test_the_mail_is_forgotten_and_the_comment_stays(self) -> None:
        self.age(89)
        forget_mails()
        self.assertEqual(InboundMail.objects.count(), 1)
        self.age(91)
        forget_mails()
        self.assertEqual((InboundMail.objects.count(), Comment.objects.count()), (0, 1))

    def test_one_that_waits_to_become_a_ticket_stays(self) -> None:
        mail_receive(raw=mail(ERIN))
        self.age(91)
        forget_mails()
        self.assertEqual([row.outcome for row in InboundMail.objects.all()], ["ticket"])

    def test_it_is_set_in_days(self) -> None:
        self.assertEqual(incoming(Env({"DJANGO_ENV": "test"})).keep_days, 365)
        with self.assertRaisesMessage(ImproperlyConfigured, "MAIL_IN_KEEP_DAYS"):
            incoming(Env({"DJANGO_ENV": "test", "MAIL_IN_KEEP_DAYS": "7"}))
