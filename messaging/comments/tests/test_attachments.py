"""Files come and go with their comment."""

from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings

import attachments
from comments.models import Comment
from comments.tests.cast import BOB, COMMENTS, CORA, ERIN, GRACE, WANDA, know_ticket, read, sign_in, write
from eventbus.testing import published
from servicekit.ids import uuid7
from servicekit.testing import assert_problem


class Attachments(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin = sign_in(ERIN)

    def attach(self, content: bytes = b"line 1\nline 2\n", name: str = "error.log") -> str:
        """Write a comment with a file; answer the path of its content."""
        comment = write(self.erin, attachments=[SimpleUploadedFile(name, content)]).json()
        (attached,) = comment["attachments"]
        return f"{COMMENTS}{comment['id']}/attachments/{attached['id']}/content/"

    def test_who_sees_the_comment_gets_the_file(self) -> None:
        path = self.attach()
        for reader in (ERIN, WANDA, CORA):
            response = sign_in(reader).get(path)
            self.assertEqual(response.status_code, 200)
            self.assertEqual(b"".join(response), b"line 1\nline 2\n")
            self.assertTrue(response["Content-Disposition"].startswith("attachment;"))
            self.assertEqual(response["X-Content-Type-Options"], "nosniff")

    def test_nobody_else_gets_it(self) -> None:
        path = self.attach()
        for reader in (BOB, GRACE):
            assert_problem(sign_in(reader).get(path), 404, "ticket_not_found")

    def test_who_loses_the_ticket_while_their_file_comes_in_writes_nothing(self) -> None:
        real = attachments.store

        def store(upload: Any) -> Any:
            know_ticket(version=2, access={"user_ids": [], "roles": []})
            return real(upload)

        with patch("attachments.store", store):
            response = write(self.erin, attachments=[SimpleUploadedFile("a.log", b"a")])
        assert_problem(response, 404, "ticket_not_found")
        self.assertFalse(Comment.objects.exists())

    def test_it_is_listed_and_published_with_its_comment(self) -> None:
        self.attach(name="../../error.log")
        (found,) = read(self.erin)["results"]
        (attached,) = found["attachments"]
        self.assertEqual((attached["filename"], attached["size"]), ("error.log", 14))
        (event,) = published("comment.created.v1")
        self.assertEqual(event["data"]["attachments"], [attached])

    def test_several_files_keep_their_order(self) -> None:
        files = [SimpleUploadedFile(f"{name}.txt", name.encode()) for name in "cab"]
        comment = write(self.erin, attachments=files).json()
        self.assertEqual([found["filename"] for found in comment["attachments"]], ["c.txt", "a.txt", "b.txt"])

    def test_an_unknown_one_is_not_there(self) -> None:
        path = self.attach()
        head, _, tail = path.rpartition("/attachments/")
        assert_problem(self.erin.get(f"{head}/attachments/{uuid7()}/content/"), 404, "attachment_not_found")
        assert_problem(self.erin.get(f"{COMMENTS}{uuid7()}/attachments/{tail}"), 404, "attachment_not_found")

    @override_settings(ATTACHMENT_MAX_BYTES=10)
    def test_a_file_too_large_leaves_no_comment(self) -> None:
        response = write(self.erin, attachments=[SimpleUploadedFile("a.txt", b"x" * 11)])
        assert_problem(response, 413, "attachment_too_large")
        self.assertFalse(Comment.objects.exists())

    def test_a_file_that_runs_leaves_no_comment(self) -> None:
        response = write(self.erin, attachments=[SimpleUploadedFile("a.html", b"<html><script>alert(1)</script>")])
        assert_problem(response, 415, "attachment_type_not_allowed")
        self.assertFalse(Comment.objects.exists())
        self.assertEqual(published(), [])

    def test_more_files_than_ten_are_refused(self) -> None:
        files = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(11)]
        assert_problem(write(self.erin, attachments=files), 400, "validation_error")

    def test_a_file_goes_as_multipart_only(self) -> None:
        body = {"client_id": str(uuid7()), "body": "x", "attachments": ["x"]}
        assert_problem(self.erin.post(COMMENTS, body, format="json"), 400, "validation_error")
