"""Somebody who sees the ticket writes a public reply."""

from django.test import TestCase

from comments.models import Comment
from comments.tests.cast import (
    ALAN,
    COMMENTS,
    CORA,
    ERIN,
    NUMBER,
    TICKET,
    WANDA,
    conversation,
    know_ticket,
    read,
    sign_in,
    write,
)
from eventbus.testing import published
from servicekit.ids import uuid7


class WriteComment(TestCase):
    def setUp(self) -> None:
        know_ticket()

    def test_the_requester_writes_and_everybody_on_the_ticket_reads(self) -> None:
        response = write(sign_in(ERIN), "Any news?")
        self.assertEqual(response.status_code, 201)
        for reader in (ERIN, WANDA, CORA, ALAN):
            with self.subTest(reader=reader):
                (found,) = read(sign_in(reader))["results"]
                self.assertEqual(found, response.json())

    def test_a_comment_shows_who_wrote_what(self) -> None:
        client_id = str(uuid7())
        found = write(sign_in(ERIN), "Any news?", client_id=client_id).json()
        self.assertRegex(found.pop("created_at"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        comment = Comment.objects.get()
        self.assertEqual(
            found,
            {
                "id": str(comment.pk),
                "ticket_id": str(TICKET),
                "ticket_number": NUMBER,
                "seq": 1,
                "client_id": client_id,
                "author_id": str(ERIN),
                "author_name": "Erin Employee",
                "author_is_staff": False,
                "visibility": "public",
                "body": "Any news?",
                "html": "<p>Any news?</p>\n",
                "parent_id": None,
                "mentions": [],
                "version": 1,
                "attachments": [],
                "reactions": [],
                "edited_at": None,
                "deleted_at": None,
            },
        )

    def test_it_is_published_with_its_author_as_actor_and_the_request_id(self) -> None:
        comment = write(sign_in(CORA), "On it.").json()
        (event,) = published("comment.created.v1")
        self.assertEqual((event["aggregate_id"], event["version"], event["resync"]), (comment["id"], 1, False))
        own = {
            name: comment[name] for name in ("client_id", "html", "version", "reactions")
        }  # the API's, not the state's
        self.assertEqual({**event["data"], **own}, comment)
        self.assertEqual(event["actor"], {"id": str(CORA), "kind": "user", "name": "Cora Coordinator"})
        self.assertTrue(event["request_id"])

    def test_the_tickets_number_serves_as_its_id(self) -> None:
        path = COMMENTS.replace(str(TICKET), NUMBER)
        erin = sign_in(ERIN)
        response = erin.post(path, {"client_id": str(uuid7()), "body": "Hi"})
        self.assertEqual(response.status_code, 201)
        self.assertEqual(erin.get(path).json(), read(erin))

    def test_public_is_the_default(self) -> None:
        response = sign_in(CORA).post(COMMENTS, {"client_id": str(uuid7()), "body": "Hi"})
        self.assertEqual(response.json()["visibility"], "public")

    def test_numbers_follow_each_other(self) -> None:
        erin = sign_in(ERIN)
        self.assertEqual([write(erin).json()["seq"] for _ in range(3)], [1, 2, 3])
        self.assertEqual(conversation().last_seq, 3)

    def test_what_was_refused_takes_no_number(self) -> None:
        erin = sign_in(ERIN)
        write(erin)
        write(erin, "")
        write(erin, visibility="internal")
        self.assertEqual(write(erin).json()["seq"], 2)

    def test_the_authors_name_is_the_one_in_their_token(self) -> None:
        self.assertEqual(write(sign_in(ERIN, name="Erin New-Name")).json()["author_name"], "Erin New-Name")
