"""The conversation is read as one numbered stream."""

from django.test import TestCase

from comments.tests.cast import CORA, ERIN, know_ticket, read, sign_in, write


class ReadComments(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.erin, self.cora = sign_in(ERIN), sign_in(CORA)

    def test_an_empty_conversation(self) -> None:
        self.assertEqual(read(self.erin), {"results": [], "next": None})

    def test_it_is_read_in_pages_from_the_last_number_seen(self) -> None:
        for number in range(1, 6):
            write(self.erin, str(number))
        seen, after = [], 0
        while after is not None:
            page = read(self.erin, f"?after={after}&limit=2")
            seen += [found["body"] for found in page["results"]]
            after = page["next"]
        self.assertEqual(seen, ["1", "2", "3", "4", "5"])

    def test_next_is_the_last_number_of_a_page_with_more_behind_it(self) -> None:
        for number in range(4):
            write(self.cora, str(number), "internal" if number == 1 else "public")
        self.assertEqual(read(self.erin, "?limit=2")["next"], 3)
        self.assertEqual(read(self.cora, "?limit=2")["next"], 2)
        self.assertIsNone(read(self.erin, "?limit=3")["next"])

    def test_twenty_five_unless_asked(self) -> None:
        for number in range(26):
            write(self.erin, str(number))
        page = read(self.erin)
        self.assertEqual((len(page["results"]), page["next"]), (25, 25))

    def test_behind_the_end_there_is_nothing(self) -> None:
        write(self.erin)
        self.assertEqual(read(self.erin, "?after=1"), {"results": [], "next": None})
        self.assertEqual(read(self.erin, f"?after={2**63 - 1}"), {"results": [], "next": None})
