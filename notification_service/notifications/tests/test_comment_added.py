"""A public reply reaches the other end of the conversation."""

from django.core import mail
from django.test import TestCase

from eventbus.inbox import Outcome
from eventbus.testing import deliver, run_jobs
from notifications.models import Notice
from notifications.tests.cast import ALAN, BOB, CORA, ERIN, kinds, know_ticket, meet


class CommentAdded(TestCase):
    def setUp(self) -> None:
        meet(ERIN, CORA, ALAN, BOB)

    def reply(self, author: object, *mentions: object, **envelope: object) -> Outcome:
        data = {"author_id": author, "author_name": "A. U. Thor", "mentions": list(mentions)}
        return deliver("comment.created.v1", data=data, **envelope)

    def test_the_requesters_reply_reaches_the_assignee_only(self) -> None:
        know_ticket(assignee=ALAN)
        self.reply(ERIN)
        run_jobs()
        self.assertEqual((kinds(ALAN), kinds(ERIN), kinds(CORA), kinds(BOB)), (["comment_added"], [], [], []))
        (message,) = mail.outbox
        self.assertEqual(message.to, ["alan@example.com"])
        self.assertIn("Any news?", message.body)

    def test_the_assignees_reply_reaches_the_requester_only(self) -> None:
        know_ticket(assignee=ALAN)
        self.reply(ALAN)
        self.assertEqual((kinds(ERIN), kinds(ALAN)), (["comment_added"], []))

    def test_a_third_persons_reply_reaches_both(self) -> None:
        know_ticket(assignee=ALAN)
        self.reply(CORA)
        self.assertEqual((kinds(ERIN), kinds(ALAN), kinds(CORA)), (["comment_added"], ["comment_added"], []))

    def test_who_is_mentioned_is_told_once_unless_they_wrote_it_or_may_not_see_it(self) -> None:
        know_ticket(assignee=ALAN)
        self.reply(ERIN, CORA, ALAN, ERIN, BOB)
        self.assertEqual((kinds(CORA), kinds(ALAN)), (["comment_added"], ["comment_added"]))
        self.assertEqual((kinds(ERIN), kinds(BOB)), ([], []))

    def test_requester_and_assignee_in_one_person_is_told_once(self) -> None:
        know_ticket(assignee=ERIN)
        self.reply(CORA)
        self.assertEqual(kinds(ERIN), ["comment_added"])

    def test_an_assignee_who_may_no_longer_see_the_ticket_is_told_nothing(self) -> None:
        know_ticket(assignee=ALAN, access={"user_ids": [ERIN], "roles": ["tts:ticket-coordinator"]})
        self.reply(ERIN)
        self.assertEqual(kinds(ALAN), [])

    def test_it_waits_for_the_ticket(self) -> None:
        self.assertEqual(self.reply(ERIN), Outcome.PARKED)

    def test_a_resync_tells_nobody(self) -> None:
        know_ticket(assignee=ALAN)
        self.reply(ERIN, resync=True)
        self.assertFalse(Notice.objects.exists())
