"""An author edits or deletes what they wrote; everybody's copy of the stream hears of it."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from comments.models import CommentAttachment, Revision
from comments.tests.cast import ALAN, COMMENTS, CORA, ERIN, TICKET, WANDA, conversation, know_ticket, sign_in, write
from eventbus.testing import published
from jwtauth.testing import SignedInClient
from servicekit.ids import uuid7
from servicekit.testing import assert_problem


def edit(author: SignedInClient, comment: dict[str, Any], body: str, version: int | None = None) -> Any:
    """Patch the comment, by default at the version in hand."""
    path = f"{COMMENTS}{comment['id']}/"
    return author.patch(path, {"body": body}, HTTP_IF_MATCH=f'"{version or comment["version"]}"')


def stream(reader: SignedInClient, after: int = 0) -> list[tuple[int, str, str]]:
    """What the reader sees of the stream: number, kind and the comment's present body."""
    entries = reader.get(f"/api/v1/tickets/{TICKET}/stream/?after={after}").json()["results"]
    return [(entry["seq"], entry["kind"], entry["comment"]["body"]) for entry in entries]


class EditComment(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin = sign_in(ERIN)
        self.comment = write(self.erin, "Brocken.").json()

    def test_the_author_edits_and_the_earlier_body_is_kept(self) -> None:
        response = edit(self.erin, self.comment, "Broken.")
        self.assertEqual((response.status_code, response["ETag"]), (200, '"2"'))
        edited = response.json()
        self.assertEqual((edited["body"], edited["html"], edited["seq"]), ("Broken.", "<p>Broken.</p>\n", 1))
        (earlier,) = sign_in(WANDA).get(f"{COMMENTS}{self.comment['id']}/history/").json()["results"]
        self.assertEqual((earlier["version"], earlier["body"]), (1, "Brocken."))
        self.assertEqual(earlier["written_at"], self.comment["created_at"])

    def test_each_change_takes_the_next_number_of_the_stream(self) -> None:
        write(sign_in(CORA), "On it.")
        edit(self.erin, self.comment, "Broken.")
        write(self.erin, "Thanks.")
        self.assertEqual(
            stream(self.erin),
            [(1, "created", "Broken."), (2, "created", "On it."), (3, "updated", "Broken."), (4, "created", "Thanks.")],
        )
        self.assertEqual(stream(self.erin, after=2)[0], (3, "updated", "Broken."))
        self.assertEqual(conversation().last_seq, 4)

    def test_it_is_published_with_its_version(self) -> None:
        edit(self.erin, self.comment, "Broken.")
        (event,) = published("comment.updated.v1")
        self.assertEqual((event["version"], event["data"]["body"]), (2, "Broken."))
        self.assertEqual(event["aggregate_id"], self.comment["id"])

    def test_the_same_body_again_changes_nothing(self) -> None:
        self.assertEqual(edit(self.erin, self.comment, "Brocken.").json(), self.comment)
        self.assertEqual((len(published()), conversation().last_seq), (1, 1))

    def test_an_edit_of_an_older_version_is_refused(self) -> None:
        edit(self.erin, self.comment, "Broken.")
        assert_problem(edit(self.erin, self.comment, "Smashed."), 412, "precondition_failed")
        response = self.erin.patch(f"{COMMENTS}{self.comment['id']}/", {"body": "x"})
        assert_problem(response, 428, "precondition_required")

    def test_nobody_else_edits_it(self) -> None:
        for other in (WANDA, ALAN, CORA):
            assert_problem(edit(sign_in(other), self.comment, "x"), 403, "not_the_author")
        self.assertFalse(Revision.objects.exists())

    def test_an_author_without_the_ticket_edits_nothing(self) -> None:
        know_ticket(version=2, access={"user_ids": [], "roles": []})
        assert_problem(edit(self.erin, self.comment, "x"), 404, "ticket_not_found")

    def test_a_repeated_post_of_an_edited_comment_is_still_a_repeat(self) -> None:
        edit(self.erin, self.comment, "Broken.")
        again = write(self.erin, "Brocken.", client_id=self.comment["client_id"])
        self.assertEqual((again.status_code, again.json()["body"]), (200, "Broken."))
        other = write(self.erin, "Broken.", client_id=self.comment["client_id"])
        assert_problem(other, 422, "client_id_reused")


class DeleteComment(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin = sign_in(ERIN)
        self.comment = write(self.erin, "My PIN is 1234", attachments=[SimpleUploadedFile("pin.txt", b"1")]).json()
        self.path = f"{COMMENTS}{self.comment['id']}/"

    def test_nothing_of_it_is_left_but_its_place(self) -> None:
        edit(self.erin, self.comment, "My PIN is secret")
        self.assertEqual(self.erin.delete(self.path).status_code, 204)
        tombstone = self.erin.get(self.path).json()
        self.assertEqual((tombstone["body"], tombstone["html"], tombstone["attachments"]), ("", "", []))
        self.assertTrue(tombstone["deleted_at"])
        self.assertEqual(self.erin.get(f"{self.path}history/").json(), {"results": []})
        self.assertFalse(CommentAttachment.objects.exists() or Revision.objects.exists())
        self.assertEqual(stream(self.erin), [(1, "created", ""), (2, "updated", ""), (3, "deleted", "")])

    def test_it_is_published_without_what_it_said(self) -> None:
        self.erin.delete(self.path)
        (event,) = published("comment.deleted.v1")
        self.assertEqual((event["version"], event["data"]["body"], event["data"]["attachments"]), (2, "", []))

    def test_again_nothing_happens(self) -> None:
        self.erin.delete(self.path)
        self.assertEqual(self.erin.delete(self.path).status_code, 204)
        self.assertEqual((len(published("comment.deleted.v1")), conversation().last_seq), (1, 2))

    def test_a_coordinator_may_and_an_agent_may_not(self) -> None:
        for other in (WANDA, ALAN):
            assert_problem(sign_in(other).delete(self.path), 403, "not_the_author")
        self.assertEqual(sign_in(CORA).delete(self.path).status_code, 204)

    def test_a_deleted_comment_is_not_edited(self) -> None:
        self.erin.delete(self.path)
        assert_problem(edit(self.erin, self.comment, "x", version=2), 409, "comment_deleted")

    def test_a_repeated_post_answers_the_tombstone(self) -> None:
        self.erin.delete(self.path)
        again = write(self.erin, "My PIN is 1234", client_id=self.comment["client_id"])
        self.assertEqual((again.status_code, again.json()["body"]), (200, ""))


class Reply(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin, self.cora = sign_in(ERIN), sign_in(CORA)

    def test_a_reply_names_what_it_replies_to(self) -> None:
        question = write(self.erin, "When?").json()
        answer = write(self.cora, "Today.", parent_id=question["id"]).json()
        self.assertEqual(answer["parent_id"], question["id"])

    def test_a_public_reply_never_points_at_a_note(self) -> None:
        note = write(self.cora, "Hm.", "internal").json()
        for author in (self.erin, self.cora):
            assert_problem(write(author, "x", parent_id=note["id"]), 422, "parent_not_found")
        self.assertEqual(write(self.cora, "Yes.", "internal", parent_id=note["id"]).status_code, 201)

    def test_a_parent_is_of_the_same_ticket(self) -> None:
        assert_problem(write(self.erin, parent_id=str(uuid7())), 422, "parent_not_found")
        self.assertEqual(conversation().last_seq, 0)
