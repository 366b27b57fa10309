"""`@username` in a comment names somebody who may read it."""

from uuid import UUID

from django.test import TestCase

from comments.tests.cast import ALAN, BOB, COMMENTS, CORA, ERIN, PEOPLE, WANDA, know_ticket, sign_in, write
from eventbus.testing import deliver, published

NAMES = {ERIN: "erin", CORA: "cora", ALAN: "alan.agent", BOB: "bob", WANDA: "wanda"}


def know_people() -> None:
    """Let messaging hear of the people."""
    for user_id, username in NAMES.items():
        name, roles = PEOPLE[user_id]
        deliver("user.changed.v1", data={"id": user_id, "username": username, "name": name, "roles": roles})


class Mentions(TestCase):
    def setUp(self) -> None:
        know_ticket()
        know_people()
        self.cora = sign_in(CORA)

    def assert_mentions(self, body: str, expected: list[UUID], visibility: str = "public") -> None:
        self.assertEqual(write(self.cora, body, visibility).json()["mentions"], [str(found) for found in expected])

    def test_people_are_named_once_in_the_order_of_the_text(self) -> None:
        self.assert_mentions("@wanda, ask @alan.agent. And @wanda again", [WANDA, ALAN])

    def test_what_is_no_mention(self) -> None:
        self.assert_mentions("mail@erin.example, @nobody, @, erin, a@@erin", [])

    def test_who_does_not_see_the_ticket_is_not_mentioned(self) -> None:
        self.assert_mentions("@bob @erin", [ERIN])

    def test_a_note_mentions_staff_only(self) -> None:
        self.assert_mentions("@erin @wanda @alan.agent", [ALAN], "internal")
        self.assertEqual(published("comment.note_created.v1")[0]["data"]["mentions"], [str(ALAN)])

    def test_an_edit_mentions_anew(self) -> None:
        comment = write(self.cora, "@erin").json()
        path = f"{COMMENTS}{comment['id']}/"
        edited = self.cora.patch(path, {"body": "@wanda"}, HTTP_IF_MATCH='"1"').json()
        self.assertEqual(edited["mentions"], [str(WANDA)])
