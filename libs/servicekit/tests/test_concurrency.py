"""ETag and If-Match."""

from django.test import TestCase

from servicekit.testing import assert_problem
from tests.models import Note


class MatchTests(TestCase):
    def setUp(self):
        self.path = f"/api/v1/notes/{Note.objects.create(text='x', version=7).pk}/"

    def patch(self, **headers):
        return self.client.patch(self.path, {"text": "y"}, content_type="application/json", headers=headers)

    def test_the_tag_of_the_answer_matches(self):
        tag = self.client.get(self.path)["ETag"]
        self.assertEqual(tag, '"7"')
        self.assertEqual(self.patch(**{"If-Match": tag}).status_code, 200)

    def test_absent(self):
        assert_problem(self.patch(), 428, "precondition_required")
        assert_problem(self.patch(**{"If-Match": " "}), 428, "precondition_required")

    def test_stale(self):
        for tag in ('"6"', '"77"', 'W/"7"', "7", '""'):
            with self.subTest(tag):
                response = self.patch(**{"If-Match": tag})
                assert_problem(response, 412, "precondition_failed")
                self.assertEqual(response["ETag"], '"7"')

    def test_one_of_several(self):
        self.assertEqual(self.patch(**{"If-Match": '"6", "7"'}).status_code, 200)

    def test_whatever_is_there(self):
        self.assertEqual(self.patch(**{"If-Match": "*"}).status_code, 200)
