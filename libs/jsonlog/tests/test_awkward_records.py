"""Records that other formatters lose, or raise over into the caller: each gives exactly one line of valid JSON."""

import datetime
import logging
import threading
import types
from collections.abc import Iterator
from typing import Any
from unittest import mock

from django.test import SimpleTestCase

from jsonlog import PrettyFormatter, formatter
from jsonlog.plain import MAX_TEXT

from .capture import Captured


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class BrokenList(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("no items")


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")

    @property
    def __notes__(self) -> list[str]:  # type: ignore[override]
        raise RuntimeError("no notes")


class AwkwardRecordTests(SimpleTestCase):
    def log(self, message: object = "x", /, *args: object, **extra: object) -> dict[str, Any]:
        captured = Captured()
        captured.logger.info(message, *args, extra=extra)
        return captured.line()

    def test_arguments_that_do_not_fit_the_format(self) -> None:
        self.assertEqual("%s and %s (1)", self.log("%s and %s", 1)["message"])
        self.assertEqual("nothing (1, 2)", self.log("nothing", 1, 2)["message"])
        self.assertEqual("%d (x)", self.log("%d", "x")["message"])
        self.assertEqual("%(a)s %(b)s ({'a': 1})", self.log("%(a)s %(b)s", {"a": 1})["message"])

    def test_values_whose_text_raises(self) -> None:
        self.assertEqual("<unprintable Unprintable>", self.log(x=Unprintable())["x"])
        self.assertEqual("<unprintable Unprintable>", self.log(Unprintable())["message"].rstrip(" ()"))
        self.assertEqual("%s (<unprintable Unprintable>)", self.log("%s", Unprintable())["message"])
        self.assertEqual([1, "<unreadable BrokenList>"], self.log(x=[1, BrokenList([1])])["x"])

    def test_an_exception_that_cannot_be_rendered(self) -> None:
        captured = Captured()
        try:
            raise UnprintableError
        except UnprintableError:
            captured.logger.exception("x")
        self.assertIn("UnprintableError", captured.line()["exception"])

    def test_numbers_that_json_does_not_know(self) -> None:
        line = self.log(nan=float("nan"), inf=[float("-inf")], wide=2**64 - 1, huge=2**100, vast=10**5000)
        self.assertEqual((None, [None], 2**64 - 1), (line["nan"], line["inf"], line["wide"]))
        self.assertEqual((str(2**100), "<integer of 16610 bits>"), (line["huge"], line["vast"]))

    def test_cycles(self) -> None:
        loop: dict[str, Any] = {"n": 1}
        loop["self"] = [loop]
        self.assertEqual({"n": 1, "self": ["<cycle>"]}, self.log(x=loop)["x"])

    def test_the_same_value_twice_is_no_cycle(self) -> None:
        shared = [1]
        self.assertEqual([[1], [1]], self.log(x=[shared, shared])["x"])

    def test_deep_nesting(self) -> None:
        deep: Any = 1
        for _ in range(2000):
            deep = [deep]
        self.assertIn("<too deep>", str(self.log(x=deep)["x"]))

    def test_wide_values(self) -> None:
        self.assertEqual("<more>", self.log(x=list(range(10_000)))["x"][-1])
        self.assertEqual("<more>", self.log(x=dict.fromkeys(range(10_000)))["x"]["..."])

    def test_ten_megabytes(self) -> None:
        line = self.log("m" * 10_000_000, x="x" * 10_000_000, b=b"b" * 10_000_000)
        self.assertLess(len(str(line)), 4 * MAX_TEXT)
        self.assertTrue(line["message"].endswith(f"[{10_000_000 - MAX_TEXT} more characters]"))

    def test_bytes_surrogates_and_dates(self) -> None:
        line = self.log(
            "lone \ud800 face \U0001f600",
            b=b"a\xff",
            s="\udfff",
            view=memoryview(b"v"),
            day=datetime.date(2026, 11, 22),
        )
        self.assertEqual("lone \ufffd face \U0001f600", line["message"])
        self.assertEqual(("a\\xff", "\ufffd", "v", "2026-11-22"), (line["b"], line["s"], line["view"], line["day"]))

    def test_keys_that_are_no_strings(self) -> None:
        line = self.log(x={1: "a", "1": "b", (1, 2): "c", None: "d"})
        self.assertEqual({"1": "a", "1_": "b", "(1, 2)": "c", "None": "d"}, line["x"])

    def test_reserved_keys_win_and_the_extra_is_renamed(self) -> None:
        line = self.log("real", level="x", timestamp="y", service="z", request_id="forged", exception="e")
        self.assertEqual(("INFO", "tests", None), (line["level"], line["service"], line["request_id"]))
        self.assertEqual(("x", "y", "z"), (line["extra_level"], line["extra_timestamp"], line["extra_service"]))
        self.assertEqual(("forged", "e"), (line["extra_request_id"], line["extra_exception"]))
        self.assertNotIn("exception", line)

    def test_attributes_of_the_record_are_no_extras(self) -> None:
        captured = Captured()
        record = logging.makeLogRecord({"msg": "x", "levelno": 20, "message": "as another formatter left it", "n": 1})
        captured.logger.handle(record)
        del record.lineno
        captured.logger.handle(record)
        first, second = captured.lines()
        self.assertEqual(("x", 1, 1), (first["message"], first["n"], second["n"]))
        self.assertNotIn("extra_message", first)

    def test_a_record_without_level_process_or_thread(self) -> None:
        captured = Captured()
        record = logging.makeLogRecord({"msg": "x", "levelno": 20, "process": None, "threadName": None, "name": 7})
        captured.logger.handle(record)
        line = captured.line()
        self.assertEqual((None, None, "7"), (line["process"], line["thread"], line["logger"]))

    def test_names_of_extras_are_kept_for_a_limited_number(self) -> None:
        with mock.patch.object(formatter, "_MAX_STARTS", 0), mock.patch.object(formatter, "harmless", {}) as kept:
            self.assertEqual((1, True), (self.log(never_seen=1)["never_seen"], kept == {}))

    def test_a_layout_that_raises(self) -> None:
        class Broken(formatter.BaseJsonFormatter):
            def line(self, record: logging.LogRecord) -> str:
                raise ValueError("no layout")

        captured = Captured(Broken())
        captured.logger.info("kept")
        self.assertEqual("kept", captured.line()["message"])

    def test_extras_that_logging_itself_refuses_are_renamed(self) -> None:
        line = self.log("real", message="a", name="b", args="c", extra_name="d", module="e")
        self.assertEqual(
            ("real", "tests.captured", "test_awkward_records"), tuple(map(line.get, ("message", "logger", "module")))
        )
        self.assertEqual(
            ("a", "b", "c", "d", "e"),
            tuple(map(line.get, ("extra_message", "extra_name_", "extra_args", "extra_name", "extra_module"))),
        )

    def test_an_extra_that_is_no_mapping(self) -> None:
        captured = Captured()
        captured.logger.info("x", extra=["a"])  # type: ignore[arg-type]
        self.assertEqual(["a"], captured.line()["extra"])

    def test_a_record_made_with_keywords(self) -> None:
        captured = Captured()
        record = captured.logger.makeRecord("n", logging.INFO, "f.py", 1, "x", (), None, extra={"name": "m"})
        captured.logger.handle(record)
        self.assertEqual("m", captured.line()["extra_name"])

    def test_a_mapping_that_is_no_dictionary(self) -> None:
        captured = Captured()
        captured.logger.info("x", extra=types.MappingProxyType({"n": 1, "name": "m"}))
        captured.logger.info("x", extra=types.MappingProxyType({"n": 2}))
        self.assertEqual([(1, "m"), (2, None)], [(line["n"], line.get("extra_name")) for line in captured.lines()])

    def test_an_empty_extra_given_by_name(self) -> None:
        captured = Captured()
        captured.logger.handle(captured.logger.makeRecord("n", logging.INFO, "f.py", 1, "x", (), None, extra=None))
        self.assertEqual("x", captured.line()["message"])

    def test_a_record_without_extra_made_with_few_arguments(self) -> None:
        captured = Captured()
        captured.logger.handle(captured.logger.makeRecord("n", logging.INFO, "f.py", 1, "x", (), None))
        self.assertEqual("x", captured.line()["message"])

    def test_a_fault_in_the_formatter_itself_still_gives_a_line(self) -> None:
        with mock.patch.object(formatter, "message_of", side_effect=RuntimeError):
            line = self.log("kept")
        self.assertEqual(("kept", "RuntimeError", "INFO"), (line["message"], line["logging_error"], line["level"]))

    def test_many_threads_give_whole_lines(self) -> None:
        captured = Captured()

        def work(number: int) -> None:
            for i in range(50):
                captured.logger.info("line %d", i, extra={"thread_number": number})

        threads = [threading.Thread(target=work, args=(n,)) for n in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(32 * 50, len(captured.lines()))


class PrettyTests(SimpleTestCase):
    def pretty(self, coloured: bool = False) -> Captured:
        with mock.patch("sys.stderr.isatty", return_value=coloured), mock.patch.dict("os.environ", clear=True):
            return Captured(PrettyFormatter(service="tests"))

    def test_a_line_for_people(self) -> None:
        log = self.pretty()
        log.logger.warning("filed", extra={"number": 1, "password": "hunter2"})
        self.assertRegex(
            log.raw(), r"^\d\d:\d\d:\d\d\.\d{3} WARNING tests\.captured filed number=1 password=\[redacted\]\n$"
        )

    def test_colours_on_a_terminal(self) -> None:
        log = self.pretty(coloured=True)
        log.logger.error("x")
        self.assertIn("\x1b[31mERROR  \x1b[0m", log.raw())

    def test_traceback_and_stack_follow(self) -> None:
        log = self.pretty()
        try:
            raise ValueError("no")
        except ValueError:
            log.logger.exception("x", stack_info=True)
        self.assertIn("\nValueError: no\nStack (most recent call last)", log.raw())

    def test_a_fault_in_the_formatter_itself_still_gives_a_line(self) -> None:
        log = self.pretty()
        with mock.patch("jsonlog.pretty.message_of", side_effect=RuntimeError):
            log.logger.error("kept")
        self.assertEqual("ERROR kept logging_error=RuntimeError\n", log.raw())
