"""Reading and writing cost the same however long the conversation is."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from comments.tests.cast import COMMENTS, CORA, ERIN, know_ticket, read, sign_in, write


class QueryCounts(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin = sign_in(ERIN)

    def test_the_list(self) -> None:
        for number in range(21):
            write(self.erin, str(number), attachments=[SimpleUploadedFile("a.txt", b"%d" % number)])
        counts = {}
        for limit in (2, 20):
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(len(read(self.erin, f"?limit={limit}")["results"]), limit)
            counts[limit] = len(captured)
        self.assertEqual(counts[2], counts[20])
        self.assertLessEqual(counts[20], 5)

    def test_the_stream(self) -> None:
        for number in range(21):
            write(self.erin, str(number), attachments=[SimpleUploadedFile("a.txt", b"%d" % number)])
        counts = {}
        for limit in (2, 20):
            with CaptureQueriesContext(connection) as captured:
                page = self.erin.get(f"{COMMENTS.replace('comments', 'stream')}?limit={limit}").json()
            self.assertEqual(len(page["results"]), limit)
            counts[limit] = len(captured)
        self.assertEqual(counts[2], counts[20])
        self.assertLessEqual(counts[20], 5)

    def test_writing(self) -> None:
        files = [SimpleUploadedFile(f"{number}.txt", b"%d" % number) for number in range(10)]
        with CaptureQueriesContext(connection) as captured:
            write(sign_in(CORA), attachments=files)
        self.assertLessEqual(len(captured), 15)  # one of them the nudge, on PostgreSQL

    def test_a_refusal_is_cheap(self) -> None:
        with CaptureQueriesContext(connection) as captured:
            sign_in(ERIN).get(COMMENTS.replace("0010/", "0099/"))
        self.assertLessEqual(len(captured), 2)
