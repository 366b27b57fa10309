"""Words are found in what somebody may read, and nowhere else."""

from itertools import product

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from comments.access import is_staff_on, may_see
from comments.models import Conversation
from comments.selectors.search import comment_search
from comments.tests.cast import ALAN, BOB, COMMENTS, CORA, ERIN, GRACE, NUMBER, TICKET, know_ticket, sign_in, write
from jwtauth.principal import Principal
from servicekit.ids import uuid7
from servicekit.testing import assert_problem

SEARCH = "/api/v1/comments/"


class SearchComments(TestCase):
    def setUp(self) -> None:
        know_ticket()
        write(sign_in(ERIN), "The printer beeps.")
        write(sign_in(CORA), "The printer's warranty is void.", "internal")
        write(sign_in(CORA), "Have you tried the other printer?")

    def found(self, user_id, **query: str) -> list[int]:
        response = sign_in(user_id).get(SEARCH, {"q": "printer", **query})
        self.assertEqual(response.status_code, 200, response.content)
        return [row["seq"] for row in response.json()["results"]]

    def test_newest_first_and_notes_for_staff(self) -> None:
        for staff in (CORA, ALAN):
            self.assertEqual(self.found(staff), [3, 2, 1])
            self.assertEqual(self.found(staff, visibility="internal"), [2])
        self.assertEqual(self.found(ERIN), [3, 1])
        self.assertEqual(self.found(ERIN, visibility="internal"), [])
        self.assertEqual(self.found(ERIN, q="warranty"), [])

    def test_who_does_not_see_the_ticket_finds_nothing(self) -> None:
        for outsider in (BOB, GRACE):
            self.assertEqual(self.found(outsider), [])
            assert_problem(sign_in(outsider).get(SEARCH, {"q": "printer", "ticket": NUMBER}), 404, "ticket_not_found")

    def test_on_one_ticket(self) -> None:
        other = "01938c5e-0000-7000-8000-000000000012"
        know_ticket(id=other, number="TTS-2026-000012")
        self.assertEqual(self.found(CORA, ticket=NUMBER), [3, 2, 1])
        self.assertEqual(self.found(CORA, ticket="TTS-2026-000012"), [])

    def test_every_word_counts_and_what_was_deleted_is_gone(self) -> None:
        self.assertEqual(self.found(CORA, q="printer warranty"), [2])
        sign_in(CORA).delete(f"{COMMENTS}{Conversation.objects.get().comments.get(seq=2).pk}/")
        self.assertEqual(self.found(CORA, q="warranty"), [])

    def test_pages(self) -> None:
        first = sign_in(CORA).get(SEARCH, {"q": "printer", "limit": 2}).json()
        second = sign_in(CORA).get(SEARCH, {"q": "printer", "limit": 2, "cursor": first["next"]}).json()
        self.assertEqual([row["seq"] for row in first["results"] + second["results"]], [3, 2, 1])
        self.assertIsNone(second["next"])

    def test_it_costs_the_same_however_much_is_found(self) -> None:
        counts = set()
        for limit in (1, 3):
            with CaptureQueriesContext(connection) as captured:
                sign_in(ALAN).get(SEARCH, {"q": "printer", "limit": limit})
            counts.add(len(captured))
        self.assertEqual(len(counts), 1)
        self.assertLessEqual(counts.pop(), 4)

    def test_bad_questions(self) -> None:
        for query in ({}, {"q": "x"}, {"q": "x" * 201}, {"q": "ok", "visibility": "secret"}):
            assert_problem(sign_in(CORA).get(SEARCH, query), 400, "validation_error")
        for text in ("'; --", '"open', "-", "&|!():*<->", "%_\\"):
            self.assertIsInstance(self.found(ERIN, q=text * 2), list)

    def test_the_condition_is_the_rule(self) -> None:
        """For every mixture of roles, naming and authorship the query finds what comments.access allows."""
        someone = uuid7()
        role_sets = [[], ["tts:agent"], ["tts:asset-manager"], ["hdts:employee"], ["hdts:admin"], ["tts:admin"]]
        accesses = [[], ["tts:agent"], ["hdts:admin"], ["tts:asset-manager", "tts:agent"]]
        for version, (roles, access, named, requester) in enumerate(
            product(role_sets, accesses, (True, False), (True, False)), 2
        ):
            state = {"user_ids": [str(someone)] if named else [], "roles": access}
            know_ticket(version=version, access=state, requester_id=someone if requester else ERIN)
            for superuser in (True, False):
                who = Principal(id=someone, kind="user", name="X", roles=frozenset(roles), is_superuser=superuser)
                held = Conversation.objects.get(pk=TICKET)
                expected = {1, 3} if may_see(held, who) else set()
                expected |= {2} if expected and is_staff_on(held, who) else set()
                found = {comment.seq for comment in comment_search(principal=who, text="printer")}
                with self.subTest(roles=roles, access=access, named=named, requester=requester):
                    self.assertEqual(found, expected)
