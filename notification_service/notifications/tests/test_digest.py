"""What happens within Erin's window on one ticket is one e-mail."""

from datetime import timedelta
from unittest.mock import patch

from django.core import mail
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone

from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery
from notifications.services.release import deliveries_release
from notifications.tests.cast import ALAN, ERIN, NUMBER, know_ticket, meet, sign_in
from servicekit.ids import uuid7

OTHER = uuid7()


class Digest(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN)
        know_ticket(assignee=ALAN)
        self.erin = sign_in(ERIN)
        response = self.erin.put("/api/v1/preferences/comment_added/email/", {"on": True, "digest_minutes": 30})
        self.assertEqual(response.status_code, 200)

    def reply(self, body: str, **envelope: object) -> None:
        deliver("comment.created.v1", data={"author_id": ALAN, "author_name": "Alan", "body": body}, **envelope)

    def close_window(self) -> None:
        later = timezone.now() + timedelta(minutes=31)
        with patch("django.utils.timezone.now", return_value=later):
            deliveries_release()
        run_jobs()

    def test_three_replies_are_one_email(self) -> None:
        for body in ("first", "<second>", "third"):
            self.reply(body)
        run_jobs()
        self.assertEqual(mail.outbox, [])
        self.close_window()
        self.close_window()
        (message,) = mail.outbox
        self.assertEqual(message.to, ["erin@example.com"])
        self.assertIn(NUMBER, message.subject)
        for body in ("first", "<second>", "third"):
            self.assertIn(body, message.body)
        html = message.alternatives[0].content
        self.assertIn("&lt;second&gt;", html)
        self.assertNotIn("<second>", html)

    def test_a_single_reply_keeps_its_own_words(self) -> None:
        self.reply("only")
        self.close_window()
        self.assertIn("Alan replied on", mail.outbox[0].body)

    def test_after_the_window_a_new_one_opens(self) -> None:
        self.reply("first")
        self.close_window()
        self.reply("second")
        self.close_window()
        self.assertEqual(len(mail.outbox), 2)

    def test_one_event_three_times_is_one_item(self) -> None:
        event_id = uuid7()
        for _ in range(3):
            self.reply("again", event_id=event_id)
        self.reply("other")
        self.close_window()
        self.assertEqual(mail.outbox[0].body.count("again"), 1)

    def test_what_was_read_is_left_out_and_when_all_was_nothing_is_sent(self) -> None:
        self.reply("first")
        self.erin.post("/api/v1/inbox/read/")
        self.reply("second")
        self.reply("third")
        self.close_window()
        self.assertNotIn("first", mail.outbox[0].body)
        self.reply("fourth")
        self.erin.post("/api/v1/inbox/read/")
        self.close_window()
        self.assertEqual(len(mail.outbox), 1)

    def test_other_kinds_and_other_people_are_not_gathered(self) -> None:
        deliver("comment.created.v1", data={"author_id": ERIN})
        access = {"user_ids": [str(ERIN), str(ALAN)], "roles": []}
        resolved = {"status": "Resolved", "access": access}
        deliver("ticket.status_changed.v1", data=resolved, change={"previous_status": "Open"}, version=9)
        run_jobs()
        self.assertEqual({message.to[0] for message in mail.outbox}, {"erin@example.com", "alan@example.com"})

    def test_the_database_itself_refuses_a_second_open_window(self) -> None:
        self.reply("first")
        copy = Delivery.objects.get()
        copy.pk, copy.message_id = uuid7(), "<other@example.com>"
        with self.assertRaises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)
