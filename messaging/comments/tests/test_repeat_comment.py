"""A client that repeats a POST, because the answer was lost, has written one comment."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from comments.models import Comment, CommentAttachment
from comments.tests.cast import CORA, ERIN, WANDA, conversation, know_ticket, sign_in, write
from eventbus.testing import deliver, published
from servicekit.ids import uuid7
from servicekit.testing import assert_problem

OTHER = "01938c5e-0000-7000-8000-000000000011"


def file(content: bytes = b"log", name: str = "log.txt") -> SimpleUploadedFile:
    """Make a text file to attach."""
    return SimpleUploadedFile(name, content)


class RepeatComment(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin = sign_in(ERIN)
        self.client_id = str(uuid7())

    def test_the_same_again_answers_the_first_comment(self) -> None:
        first = write(self.erin, client_id=self.client_id)
        again = write(self.erin, client_id=self.client_id)
        self.assertEqual((first.status_code, again.status_code), (201, 200))
        self.assertEqual(again.json(), first.json())
        self.assertEqual((Comment.objects.count(), len(published()), conversation().last_seq), (1, 1, 1))

    def test_the_same_with_the_same_file_is_the_same(self) -> None:
        first = write(self.erin, client_id=self.client_id, attachments=[file()])
        again = write(self.erin, client_id=self.client_id, attachments=[file()])
        self.assertEqual((first.status_code, again.status_code), (201, 200))
        self.assertEqual(again.json(), first.json())
        self.assertEqual(CommentAttachment.objects.count(), 1)

    def test_something_else_under_the_same_id_is_refused(self) -> None:
        cora = sign_in(CORA)
        write(cora, "A", client_id=self.client_id, attachments=[file()])
        for body, visibility, files in (
            ("B", "public", [file()]),
            ("A", "internal", [file()]),
            ("A", "public", [file(b"other")]),
            ("A", "public", [file(name="other.txt")]),
            ("A", "public", [file(), file()]),
        ):
            response = write(cora, body, visibility, client_id=self.client_id, attachments=files)
            assert_problem(response, 422, "client_id_reused")
        assert_problem(write(cora, "A", client_id=self.client_id), 422, "client_id_reused")
        self.assertEqual(Comment.objects.count(), 1)

    def test_the_same_words_on_another_ticket_are_something_else(self) -> None:
        access = {"user_ids": [str(ERIN)], "roles": []}
        data = {"id": OTHER, "number": "TTS-2026-000002", "requester_id": str(ERIN), "access": access}
        deliver("ticket.created.v1", data=data)
        write(self.erin, client_id=self.client_id)
        body = {"client_id": self.client_id, "body": "Any news?", "visibility": "public"}
        response = self.erin.post(f"/api/v1/tickets/{OTHER}/comments/", body)
        assert_problem(response, 422, "client_id_reused")

    def test_another_author_may_use_the_same_id(self) -> None:
        write(self.erin, client_id=self.client_id)
        self.assertEqual(write(sign_in(WANDA), client_id=self.client_id).status_code, 201)

    def test_a_repeat_after_losing_the_ticket_answers_nothing(self) -> None:
        write(self.erin, client_id=self.client_id)
        know_ticket(version=2, access={"user_ids": [], "roles": []})
        assert_problem(write(self.erin, client_id=self.client_id), 404, "ticket_not_found")
