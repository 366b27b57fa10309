"""Whatever a client sends is answered with a 4xx problem, and nothing is half-done."""

from django.test import TestCase

from eventbus.testing import published
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from workflows.tests.cast import Staff, file_ticket, seed


class BadInputTest(TestCase):
    def setUp(self) -> None:
        seed()
        self.carla = Staff().carla
        self.task = file_ticket()
        self.carla.act(self.task, "start")
        self.path = f"/api/v1/tasks/{self.task.id}/completion/"
        self.events = len(published())

    def tearDown(self) -> None:
        self.assertEqual(len(published()), self.events)
        self.task.refresh_from_db()
        self.assertEqual(self.task.status, "in_progress")

    def post(self, body: bytes, content_type: str = "application/json", path: str = "") -> object:
        return self.carla.client.generic("POST", path or self.path, body, content_type=content_type)

    def test_bodies(self) -> None:
        long = b'{"transition": "accept", "notes": "%s"}' % (b"x" * 10_001)
        for body, code in (
            (b"{", "parse_error"),
            (b"\xff\xfe", "parse_error"),
            (b"[]", "validation_error"),
            (b"null", "validation_error"),
            (b'"accept"', "validation_error"),
            (b"{}", "validation_error"),
            (b'{"transition": null}', "validation_error"),
            (b'{"transition": ["accept"]}', "validation_error"),
            (b'{"transition": "no slug!"}', "validation_error"),
            (b'{"transition": "accept", "notes": {}}', "validation_error"),
            (b'{"transition": "accept", "notes": "\\u0000"}', "validation_error"),
            (b'{"transition": "accept", "assignee_id": "me"}', "validation_error"),
            (long, "validation_error"),
        ):
            with self.subTest(body[:40]):
                assert_problem(self.post(body), 400, code)

    def test_actions_without_input_take_none(self) -> None:
        for action in ("start", "resumption"):
            with self.subTest(action):
                path = f"/api/v1/tasks/{self.task.id}/{action}/"
                assert_problem(self.post(b'{"status": "completed"}', path=path), 400, "validation_error")
                assert_problem(self.post(b"[]", path=path), 400, "validation_error")

    def test_content_types(self) -> None:
        for content_type in ("text/plain", "application/xml", "multipart/form-data; boundary=x"):
            with self.subTest(content_type):
                assert_problem(self.post(b"transition=accept", content_type), 415, "unsupported_media_type")

    def test_unknown_ids(self) -> None:
        for task in (str(uuid7()), "1", "TTS-2026-000001", "%00", "%ff", "a" * 5000):
            with self.subTest(task[:40]):
                response = self.carla.client.get(f"/api/v1/tasks/{task}/")
                self.assertIn(response.status_code, (400, 404))
                assert_problem(response, response.status_code, response.json()["code"])
        nobody_s = uuid7()
        for path, code in {
            "workflows/{}/": "not_found",
            "workflows/{}/graph/": "not_found",
            "workflows/{}/versions/": "workflow_not_found",
            "workflows/{}/versions/1/": "workflow_not_found",
            "calendars/{}/": "not_found",
        }.items():
            with self.subTest(path):
                assert_problem(self.carla.client.get(f"/api/v1/{path}".format(nobody_s)), 404, code)

    def test_list_parameters(self) -> None:
        for query, code in (
            ("scope=everything", "validation_error"),
            ("scope=", "validation_error"),
            ("ticket=" + "x" * 65, "validation_error"),
            ("ticket=", "validation_error"),
            ("limit=0", "invalid_limit"),
            ("limit=1000", "invalid_limit"),
            ("cursor=nonsense", "invalid_cursor"),
        ):
            with self.subTest(query):
                assert_problem(self.carla.client.get(f"/api/v1/tasks/?{query}"), 400, code)

    def test_methods(self) -> None:
        for method in ("get", "put", "patch", "delete"):
            with self.subTest(method):
                assert_problem(getattr(self.carla.client, method)(self.path), 405, "method_not_allowed")
