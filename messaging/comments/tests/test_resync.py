"""The present state of all comments can be published again."""

from io import StringIO

from django.core.management import call_command
from django.test import TransactionTestCase

from comments.tests.cast import COMMENTS, CORA, ERIN, know_ticket, sign_in, write
from eventbus.testing import published


class Resync(TransactionTestCase):
    """As the command runs: in no transaction but its own."""

    def test_every_comment_comes_again_marked_as_a_repetition(self) -> None:
        know_ticket()
        write(sign_in(ERIN), "Any news?")
        write(sign_in(CORA), "Not for Erin.", "internal")
        path = f"{COMMENTS}{write(sign_in(ERIN), 'Oops').json()['id']}/"
        sign_in(ERIN).delete(path)
        first = [event for event in published() if event["aggregate_id"] not in path or "deleted" in event["type"]]
        call_command("resync", "comment", stdout=StringIO())
        again = published()[len(first) + 1 :]
        self.assertEqual([event["data"] for event in again], [event["data"] for event in first])
        self.assertEqual(
            [event["type"] for event in again], ["comment.created.v1", "comment.note_created.v1", "comment.deleted.v1"]
        )
        self.assertTrue(all(event["resync"] for event in again))
        self.assertFalse({event["event_id"] for event in again} & {event["event_id"] for event in first})
