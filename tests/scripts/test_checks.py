"""What counts as passed and as failed in test.sh."""

from unittest import TestCase

from suite.checks import by_stage, judge
from suite.steps import Step

TESTS = Step("tests", [], tests=True)


class JudgeTests(TestCase):
    def counted(self, output: str, code: int = 0, step: Step = TESTS) -> tuple[int, int]:
        result = judge(step, code, output, 0.0)
        return result.passed, result.failed

    def test_passed_tests_are_counted(self) -> None:
        self.assertEqual(self.counted("Ran 12 tests in 0.1s\n\nOK\n"), (12, 0))

    def test_failures_and_errors_are_counted(self) -> None:
        self.assertEqual(self.counted("Ran 12 tests in 0.1s\n\nFAILED (failures=2, errors=1)\n", 1), (9, 3))

    def test_a_suite_that_ran_no_test_has_failed(self) -> None:
        self.assertEqual(self.counted("Ran 0 tests in 0.0s\n\nNO TESTS RAN\n"), (0, 1))
        self.assertEqual(self.counted("nothing at all"), (0, 1))

    def test_a_suite_whose_tests_were_all_skipped_has_failed(self) -> None:
        step = Step("tests", [], tests=True, may_skip=True)
        self.assertEqual(self.counted("Ran 3 tests in 0.0s\n\nOK (skipped=3)\n", step=step), (0, 1))

    def test_a_run_that_broke_off_has_failed(self) -> None:
        self.assertEqual(self.counted("Ran 3 tests in 0.0s\n\nOK\nSegmentation fault\n", 139), (3, 1))

    def test_skipped_tests_fail_where_everything_is_there(self) -> None:
        self.assertEqual(self.counted("Ran 5 tests in 0.0s\n\nOK (skipped=2)\n"), (3, 2))

    def test_a_failed_check_counts_as_one(self) -> None:
        self.assertEqual(self.counted("E501 ...", 1, Step("ruff", [])), (0, 1))
        self.assertEqual(self.counted("", 0, Step("ruff", [])), (0, 0))


class ByStageTests(TestCase):
    def test_the_share_of_a_stage_is_of_its_tests_and_not_of_its_steps(self) -> None:
        unit = judge(Step("tests auth (SQLite)", [], tests=True), 0, "Ran 30 tests in 1s\n\nOK\n", 2.0)
        flow = judge(Step("tests/e2e flow", [], tests=True), 1, "Ran 10 tests in 1s\n\nFAILED (errors=1)\n", 50.0)
        lint = judge(Step("ruff", []), 0, "", 1.0)
        rows = [line.split() for line in by_stage([lint, unit, flow]).splitlines()]
        self.assertIn(["unit", "1", "2", "s", "30", "75", "%"], rows)
        self.assertIn(["e2e", "1", "50", "s", "10", "25", "%"], rows)
        self.assertIn(["lint", "1", "1", "s", "0", "-"], rows)
