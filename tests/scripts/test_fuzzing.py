"""What the answers of a fuzzed service prove."""

import tempfile
from pathlib import Path
from unittest import TestCase

from tests.fuzz.report import judge

OPERATIONS = ["GET /a/", "POST /a/"]


class VerdictTests(TestCase):
    def verdict_on(self, *lines: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder) / "answers"
            record.write_text("".join(f"{line}\n" for line in lines))
            return judge(OPERATIONS, record).troubles

    def test_nothing_is_wrong_when_each_was_answered_well_once(self) -> None:
        self.assertEqual(self.verdict_on('["GET /a/", 200, ""]', '["POST /a/", 400, "x"]', '["POST /a/", 201, ""]'), [])

    def test_an_operation_that_was_only_refused(self) -> None:
        self.assertEqual(self.verdict_on('["GET /a/", 200, ""]', '["POST /a/", 404, "x"]'), ["POST /a/: never 2xx"])

    def test_an_error_of_ours(self) -> None:
        lines = ['["GET /a/", 200, ""]', '["POST /a/", 201, ""]', *['["GET /a/", 500, "internal_error"]'] * 2]
        self.assertEqual(self.verdict_on(*lines), ["GET /a/: 500 internal_error (2 times)"])

    def test_unavailable_is_an_answer(self) -> None:
        self.assertEqual(
            self.verdict_on('["GET /a/", 503, "keys_unavailable"]', '["GET /a/", 200, ""]', '["POST /a/", 200, ""]'), []
        )

    def test_another_method_on_the_path_is_none_of_the_schemas(self) -> None:
        lines = ['["GET /a/", 200, ""]', '["POST /a/", 201, ""]', '["TRACE /a/", 405, ""]']
        self.assertEqual(self.verdict_on(*lines), [])
