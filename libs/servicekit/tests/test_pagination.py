"""Pages by key set."""

import base64
import json
import uuid

from django.test import TestCase

from servicekit.testing import assert_problem
from tests.models import Note


def cursor(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.notes = [Note.objects.create(text=f"n{n}", rank=n % 3) for n in range(60)]

    def walk(self, path, limit):
        rows, position = [], ""
        while position is not None:
            page = self.client.get(path, {"limit": limit, "cursor": position}).json()
            self.assertEqual(set(page), {"results", "next"})
            self.assertLessEqual(len(page["results"]), limit)
            rows += page["results"]
            position = page["next"]
        return [row["id"] for row in rows]

    def test_every_row_once_newest_first(self):
        for limit in (7, 20, 59, 60, 61, 100):
            with self.subTest(limit):
                self.assertEqual(self.walk("/api/v1/notes/", limit), [str(note.pk) for note in reversed(self.notes)])

    def test_by_a_field_with_ties(self):
        expected = [str(note.pk) for note in sorted(self.notes, key=lambda note: (-note.rank, note.pk))]
        for limit in (1, 7, 20, 100):
            with self.subTest(limit):
                self.assertEqual(self.walk("/api/v1/notes/by-rank/", limit), expected)

    def test_default_limit(self):
        self.assertEqual(len(self.client.get("/api/v1/notes/").json()["results"]), 25)

    def test_rows_that_appear_meanwhile_do_not_repeat_others(self):
        page = self.client.get("/api/v1/notes/", {"limit": 10}).json()
        Note.objects.create(text="new")
        following = self.client.get("/api/v1/notes/", {"limit": 10, "cursor": page["next"]}).json()
        self.assertEqual(following["results"][0]["id"], str(self.notes[49].pk))

    def test_a_page_is_one_query(self):
        with self.assertNumQueries(1):
            self.client.get("/api/v1/notes/", {"limit": 50})

    def test_bad_limits(self):
        for limit in ("0", "101", "-1", "x", "", "1.5", "9" * 1000, "٣"):
            with self.subTest(limit[:10]):
                assert_problem(self.client.get("/api/v1/notes/", {"limit": limit}), 400, "invalid_limit")

    def test_bad_cursors(self):
        good = self.client.get("/api/v1/notes/", {"limit": 1}).json()["next"]
        bad = [
            "x",
            "%%%",
            "A" * 5000,
            good[:-3],
            cursor({}),
            cursor([]),
            cursor(["not a uuid"]),
            cursor([None]),
            cursor([[1]]),
            cursor([str(uuid.uuid4()), 1]),
            cursor([10**30]),
            cursor(["\x00"]),
            "é",
        ]
        for text in bad:
            with self.subTest(text[:30]):
                assert_problem(self.client.get("/api/v1/notes/", {"cursor": text}), 400, "invalid_cursor")

    def test_a_cursor_beyond_what_the_column_holds(self):
        """SQLite's integers hold more than PostgreSQL's; neither may fail."""
        for value in (10**12, 10**18, -(10**12), 2.5, True):
            with self.subTest(value):
                response = self.client.get("/api/v1/notes/by-rank/", {"cursor": cursor([value, str(uuid.uuid4())])})
                self.assertIn(response.status_code, (200, 400))
