"""Tracebacks: as the standard library's, but for its markers; bounded; without secrets."""

import re
import sys
import traceback
from unittest import mock

from django.test import SimpleTestCase

from jsonlog import tracebacks
from jsonlog.plain import MAX_TEXT


def of(error: BaseException) -> str:
    return tracebacks.render((type(error), error, error.__traceback__))


def standard(error: BaseException) -> str:
    """The standard library's, without the markers that ours leaves out."""
    lines = "".join(traceback.format_exception(error)).rstrip("\n").splitlines()
    return "\n".join(line for line in lines if not re.fullmatch(r"[\s~^]+[~^]+", line))


def deep(levels: int) -> None:
    if levels:
        deep(levels - 1)
    raise ValueError("at the bottom")


def raised(function: object, *arguments: object) -> BaseException:
    try:
        function(*arguments)  # type: ignore[operator]
    except BaseException as error:
        return error
    raise AssertionError


class SameAsTheStandardLibraryTests(SimpleTestCase):
    def chained(self, explicit: bool) -> None:
        try:
            deep(1)
        except ValueError as error:
            if explicit:
                raise KeyError("second") from error
            raise KeyError("second")  # noqa: B904 - the context is what is tested

    def suppressed(self) -> None:
        try:
            deep(1)
        except ValueError:
            raise KeyError("second") from None

    def test_chains(self) -> None:
        for error in (
            raised(deep, 2),
            raised(self.chained, True),
            raised(self.chained, False),
            raised(self.suppressed),
            raised(sys.exit),
            ValueError("never raised"),
            LookupError(),
        ):
            self.assertEqual(standard(error), of(error))

    def test_twice_the_same(self) -> None:
        self.assertEqual(of(raised(deep, 3)), of(raised(deep, 3)))

    def test_groups_notes_and_syntax_errors_are_the_standard_librarys(self) -> None:
        noted = raised(deep, 0)
        noted.add_note("token=hunter2")
        self.assertIn("token=[redacted]", of(noted))
        self.assertIn("1 sub-exception", of(ExceptionGroup("both", [ValueError("a")])))
        self.assertIn('File "<string>", line 1', of(raised(compile, "1 +", "<string>", "exec")))

    def test_a_cycle_of_causes(self) -> None:
        first, second = ValueError("a"), KeyError("b")
        first.__cause__, second.__cause__ = second, first
        self.assertEqual(1, of(first).count("ValueError: a"))


class BoundsTests(SimpleTestCase):
    def test_deep_recursion_keeps_both_ends(self) -> None:
        text = of(raised(deep, 400))
        self.assertIn("more frames", text)
        self.assertTrue(text.endswith("ValueError: at the bottom"))
        self.assertLess(len(text.splitlines()), 250)

    def test_a_long_message(self) -> None:
        error: BaseException = ValueError("x" * 10_000_000)
        for _ in range(5):
            cause, error = error, ValueError("y" * 40_000)
            error.__cause__ = cause
        self.assertLess(len(of(error)), 2 * MAX_TEXT + 100)

    def test_a_long_chain(self) -> None:
        error: BaseException = ValueError("first")
        for _ in range(100):
            cause, error = error, ValueError("next")
            error.__cause__ = cause
        self.assertEqual(tracebacks.MAX_CHAIN, of(error).count("ValueError: next"))

    def test_what_is_kept_of_lines_is_bounded(self) -> None:
        with mock.patch.object(tracebacks, "_MAX_KEPT", 1), mock.patch.object(tracebacks, "_lines", {}) as lines:
            of(raised(deep, 1))
            self.assertEqual(1, len(lines))

    def test_code_without_a_source(self) -> None:
        namespace: dict[str, object] = {}
        exec(compile("def f(): raise ValueError", "<made up>", "exec"), namespace)  # noqa: S102
        self.assertIn('  File "<made up>", line 1, in f\nValueError', of(raised(namespace["f"])))

    def test_names_of_foreign_exceptions(self) -> None:
        import subprocess

        self.assertTrue(of(subprocess.SubprocessError("no")).startswith("subprocess.SubprocessError: no"))
