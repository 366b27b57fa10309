"""What a file is, and which files are refused."""

from django.test import SimpleTestCase

from attachments.errors import AttachmentTypeNotAllowed
from attachments.sniffing import HEAD_BYTES, sniff
from tests.samples import ACCEPTED, PDF, PNG, REFUSED


class SniffingTests(SimpleTestCase):
    def test_the_content_decides(self):
        for head, filename, expected in ACCEPTED:
            with self.subTest(filename, head=head[:12]):
                self.assertEqual(sniff(head, filename), expected)

    def test_what_runs_is_refused(self):
        for head, filename in REFUSED:
            with self.subTest(filename, head=head[:30]), self.assertRaises(AttachmentTypeNotAllowed):
                sniff(head, filename)

    def test_a_character_cut_at_the_end_of_the_head_does_not_matter(self):
        text = "ä你😀".encode() * HEAD_BYTES
        for cut in range(8):
            with self.subTest(cut):
                self.assertEqual(sniff(text[: HEAD_BYTES - cut], "a.txt"), "text/plain")

    def test_binary_with_a_text_beginning_is_not_text(self):
        self.assertNotEqual(sniff(b"hello\0\0\0", "a.txt"), "text/plain")

    def test_hostile_beginnings_do_no_harm(self):
        for head in (
            b"PK\x03\x04",
            b"\x1f\x8b",
            b"\xff",
            b"\xff\xfe\x00",
            b"RIFF",
            PNG[:9],
            PDF[:6],
            b"<" * HEAD_BYTES,
        ):
            with self.subTest(head[:9]):
                self.assertTrue(sniff(head, "x"))

    def test_markup_is_searched_in_linear_time(self):
        """A head made to make a backtracking expression hang ends at once (or the test never does)."""
        for head in (b"<!--" * 2048, b"<?xml" * 1600, b"<!-- -->" * 1024, b" " * HEAD_BYTES, b"<?xml ?> " * 900):
            self.assertTrue(sniff(head, "a.txt"))
