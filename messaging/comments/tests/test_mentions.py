"""`@username` in a comment names somebody who may read it."""

from uuid import UUID

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from comments.access import is_staff_on, may_see, principal_of_person, readers
from comments.tests.cast import (
    ALAN,
    BOB,
    COMMENTS,
    CORA,
    ERIN,
    GRACE,
    PEOPLE,
    TICKET,
    WANDA,
    conversation,
    know_ticket,
    sign_in,
    write,
)
from eventbus.testing import deliver, published
from jwtauth.models import Person
from servicekit.ids import uuid7
from servicekit.testing import assert_problem

NAMES = {ERIN: "erin", CORA: "cora", ALAN: "alan.agent", BOB: "bob", WANDA: "wanda", GRACE: "grace"}


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

    def test_who_has_left_is_mentioned_no_more(self) -> None:
        name, roles = PEOPLE[WANDA]
        gone = {"id": WANDA, "username": "wanda", "name": name, "roles": roles, "is_active": False}
        deliver("user.changed.v1", data=gone, version=2)
        self.assert_mentions("@wanda and @erin", [ERIN])

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


class Completion(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        know_ticket()
        know_people()

    def offered(self, user_id: UUID, **query: str) -> list[str]:
        found = sign_in(user_id).get(f"/api/v1/tickets/{TICKET}/mention-candidates/", query).json()["results"]
        return [person["username"] for person in found]

    def test_staff_are_offered_all_others_who_may_read_it_those_of_the_ticket_first(self) -> None:
        self.assertEqual(self.offered(CORA), ["erin", "wanda", "alan.agent"])
        self.assertEqual(self.offered(ALAN, visibility="internal"), ["cora"])

    def test_a_name_or_a_user_name_is_begun(self) -> None:
        self.assertEqual(self.offered(CORA, q="ALAN.a"), ["alan.agent"])
        self.assertEqual(self.offered(CORA, q="watch"), ["wanda"])  # Wanda Watcher
        self.assertEqual(self.offered(CORA, q="atch"), [])
        self.assertEqual(self.offered(CORA, q="bob"), [])  # he does not see the ticket
        self.assertEqual(self.offered(CORA, q="%"), [])

    def test_others_are_offered_whose_name_they_have_read_and_no_list_of_the_desk(self) -> None:
        write(sign_in(ALAN), "Which room?")
        write(sign_in(CORA), "Between us", "internal")
        self.assertEqual(self.offered(WANDA), ["erin", "alan.agent"])
        self.assertEqual(self.offered(ERIN), ["alan.agent"])

    def test_a_note_of_which_one_may_not_know(self) -> None:
        answer = sign_in(ERIN).get(f"/api/v1/tickets/{TICKET}/mention-candidates/", {"visibility": "internal"})
        assert_problem(answer, 403, "internal_notes_are_for_staff")

    def test_who_has_left_or_could_not_be_written_is_not_offered(self) -> None:
        Person.objects.filter(pk=ALAN).update(is_active=False)
        Person.objects.filter(pk=WANDA).update(username="wanda@home.example")
        self.assertEqual(self.offered(CORA), ["erin"])

    def test_whoever_may_read_is_who_the_rules_say(self) -> None:
        """Erin, who filed it, holds a role of tts too; Grace is named on it; Ada may all; Bob's role is of no tts."""
        know_ticket(version=2, access={"user_ids": [ERIN, GRACE, WANDA], "roles": ["tts:agent", "hdts:helper"]})
        ada = uuid7()
        for user_id, username, roles, superuser in (
            (ERIN, "erin", ["tts:asset-manager"], False),
            (BOB, "bob", ["hdts:helper"], False),
            (ada, "ada", [], True),
        ):
            deliver(
                "user.changed.v1",
                data={"id": user_id, "username": username, "name": username, "roles": roles, "is_superuser": superuser},
                version=2,
            )
        here = conversation()
        for visibility, rule in (("public", may_see), ("internal", is_staff_on)):
            expected = {person.username for person in Person.objects.all() if rule(here, principal_of_person(person))}
            found = set(Person.objects.filter(readers(here, visibility)).values_list("username", flat=True))
            self.assertEqual(found, expected, visibility)
            self.assertTrue(expected)

    def test_a_large_desk_costs_two_queries_and_is_cut_at_eight(self) -> None:
        for number in range(12):
            name = f"Agent {number:02}"
            deliver(
                "user.changed.v1",
                data={"id": uuid7(), "username": f"agent{number}", "name": name, "roles": ["tts:agent"]},
            )
        cora = sign_in(CORA)
        with CaptureQueriesContext(connection) as captured:
            found = cora.get(f"/api/v1/tickets/{TICKET}/mention-candidates/", {"q": "agent"}).json()["results"]
        self.assertEqual(len(found), 8)
        self.assertLessEqual(len(captured), 3)  # one of them the revocation
