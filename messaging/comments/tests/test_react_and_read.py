"""People put signs to comments, and the service remembers how far they have read."""

from typing import Any

from django.test import TestCase

from comments.tests.cast import COMMENTS, CORA, ERIN, TICKET, WANDA, conversation, know_ticket, read, sign_in, write
from eventbus.testing import published
from jwtauth.testing import SignedInClient
from servicekit.testing import assert_problem

READ = f"/api/v1/tickets/{TICKET}/read/"


class Reactions(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin, self.cora = sign_in(ERIN), sign_in(CORA)
        self.path = f"{COMMENTS}{write(self.erin).json()['id']}/"

    def signs(self) -> Any:
        """What the requester sees of them."""
        return self.erin.get(self.path).json()["reactions"]

    def test_signs_are_put_and_taken_away(self) -> None:
        self.assertEqual(self.cora.put(f"{self.path}reactions/heart/").status_code, 204)
        self.erin.put(f"{self.path}reactions/eyes/")
        self.erin.put(f"{self.path}reactions/heart/")
        both = {"sign": "heart", "user_ids": [str(CORA), str(ERIN)]}
        self.assertEqual(self.signs(), [both, {"sign": "eyes", "user_ids": [str(ERIN)]}])
        self.assertEqual(self.erin.delete(f"{self.path}reactions/heart/").status_code, 204)
        self.assertEqual(self.signs()[0], {"sign": "heart", "user_ids": [str(CORA)]})

    def test_each_takes_a_number_of_the_stream_and_a_repeat_none(self) -> None:
        for _ in range(2):
            self.cora.put(f"{self.path}reactions/heart/")
        for _ in range(2):
            self.cora.delete(f"{self.path}reactions/heart/")
        entries = self.erin.get(f"/api/v1/tickets/{TICKET}/stream/").json()["results"]
        self.assertEqual(
            [(entry["seq"], entry["kind"]) for entry in entries], [(1, "created"), (2, "reacted"), (3, "reacted")]
        )
        self.assertEqual([event["type"] for event in published()], ["comment.created.v1"])

    def test_a_deleted_comment_has_none_and_takes_none(self) -> None:
        self.cora.put(f"{self.path}reactions/heart/")
        self.erin.delete(self.path)
        self.assertEqual(self.signs(), [])
        assert_problem(self.cora.put(f"{self.path}reactions/heart/"), 409, "comment_deleted")


class ReadState(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin, self.cora = sign_in(ERIN), sign_in(CORA)
        for author in (self.erin, self.cora, self.cora):
            write(author)

    def mark(self, reader: SignedInClient, seq: int) -> Any:
        """Say how far the reader has read; answer the state."""
        return reader.put(READ, {"seq": seq}).json()

    def test_what_others_wrote_is_unread_until_it_is_read(self) -> None:
        self.assertEqual(self.erin.get(READ).json(), {"seq": 0, "unread": 2})
        self.assertEqual(self.mark(self.erin, 2), {"seq": 2, "unread": 1})
        self.assertEqual(self.mark(self.erin, 3), {"seq": 3, "unread": 0})
        write(self.cora)
        self.assertEqual(self.erin.get(READ).json(), {"seq": 3, "unread": 1})

    def test_it_never_goes_back_nor_further_than_there_is(self) -> None:
        self.assertEqual(self.mark(self.erin, 99)["seq"], 3)
        self.assertEqual(self.mark(self.erin, 1)["seq"], 3)
        self.assertEqual(conversation().last_seq, 3)

    def test_it_tells_nobody_of_a_note_that_they_may_not_read(self) -> None:
        write(self.cora, "Between us.", "internal")
        self.assertEqual(self.mark(self.erin, 99), {"seq": 3, "unread": 0})
        self.assertEqual(self.mark(self.cora, 99), {"seq": 4, "unread": 0})

    def test_everybody_has_their_own(self) -> None:
        self.mark(self.erin, 3)
        self.assertEqual(sign_in(WANDA).get(READ).json(), {"seq": 0, "unread": 3})

    def test_a_deleted_comment_is_not_unread(self) -> None:
        self.cora.delete(f"{COMMENTS}{read(self.cora)['results'][1]['id']}/")
        self.assertEqual(self.erin.get(READ).json()["unread"], 1)
