"""What never reaches a view."""

import io

from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings

from servicekit import middleware
from servicekit.middleware import RequestGuardMiddleware
from servicekit.testing import assert_problem


class CountingStream(io.RawIOBase):
    """A body of any length that is never in memory; `taken` is what was read of it."""

    def __init__(self):
        self.taken = 0

    def read(self, size=-1):
        self.taken += size
        return b"x" * size


class GuardTests(TestCase):
    def test_text_that_is_not_utf8(self):
        for path in ("%FF/", "%C3(/", "?a=%FF", "?a=%00", "?%C3(=1"):
            with self.subTest(path):
                assert_problem(self.client.get(f"/api/v1/notes/{path}"), 400, "bad_request")

    def test_a_nul_byte_in_the_path(self):
        assert_problem(self.client.get("/api/v1/notes/%00/"), 400, "bad_request")

    def test_percent_escapes_that_are_fine(self):
        self.assertEqual(self.client.get("/api/v1/notes/?a=%C3%A4%2500").status_code, 200)

    def test_a_body_of_unknown_length(self):
        response = self.client.generic("POST", "/api/v1/notes/", headers={"Transfer-Encoding": "chunked"})
        assert_problem(response, 411, "length_required")

    def test_a_length_that_is_no_number(self):
        response = self.client.generic("POST", "/api/v1/notes/", CONTENT_LENGTH="1x")
        assert_problem(response, 400, "bad_request")


@override_settings(MAX_BODY_BYTES=10, MAX_UPLOAD_BYTES=20)
class LimitTests(SimpleTestCase):
    def guard(self, length, content_type="application/json"):
        stream = CountingStream()
        request = RequestFactory().post("/", content_type=content_type, CONTENT_LENGTH=str(length))
        request.META["CONTENT_LENGTH"] = str(length)
        request._stream = stream
        reached = []
        response = RequestGuardMiddleware(lambda request: reached.append(1))(request)
        return response, stream, bool(reached)

    def test_up_to_the_limit(self):
        self.assertTrue(self.guard(10)[2])
        self.assertTrue(self.guard(20, "multipart/form-data; boundary=x")[2])

    def test_above_the_limit(self):
        for length, content_type in ((11, "application/json"), (21, "multipart/form-data; boundary=x"), (11, "")):
            with self.subTest(content_type):
                response, _, reached = self.guard(length, content_type)
                assert_problem(response, 413, "body_too_large")
                self.assertFalse(reached)

    def test_what_is_refused_is_read_away_up_to_a_bound(self):
        _, stream, _ = self.guard(10**12)
        self.assertEqual(stream.taken, middleware.DRAIN_BYTES)
