"""W3C Trace Context, and OpenTelemetry's ids where it is in use."""

import sys
from types import SimpleNamespace
from unittest import mock

from django.test import SimpleTestCase

from jsonlog import context, trace

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def open_telemetry(valid: bool) -> SimpleNamespace:
    """As much of `opentelemetry.trace` as is asked."""
    span = SimpleNamespace(is_valid=valid, trace_id=0xABC, span_id=0xDEF, trace_flags=1)
    return SimpleNamespace(get_current_span=lambda: SimpleNamespace(get_span_context=lambda: span))


class ParsingTests(SimpleTestCase):
    def test_what_is_taken_over(self) -> None:
        self.assertEqual(GIVEN, trace.parse(GIVEN).traceparent())
        self.assertEqual(GIVEN[:-2] + "00", trace.parse(f" {GIVEN[:-2]}02 ").traceparent())
        self.assertEqual(GIVEN, trace.parse(f"01{GIVEN[2:]}-what-a-later-version-adds").traceparent())

    def test_what_is_not(self) -> None:
        for text in (
            "",
            "nonsense",
            GIVEN.upper(),
            f"ff{GIVEN[2:]}",
            f"{GIVEN}-more",
            GIVEN.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32),
            GIVEN.replace("b7ad6b7169203331", "0" * 16),
            GIVEN + "\n" * 300,
        ):
            if text.strip() != GIVEN:
                self.assertIsNone(trace.parse(text), text)

    def test_an_id_of_zeroes_is_never_made(self) -> None:
        with mock.patch.object(trace.secrets, "token_hex", side_effect=["00", "ab"]):
            self.assertEqual("ab", trace._hexadecimal(1))


class OpenTelemetryTests(SimpleTestCase):
    def test_its_ids_win(self) -> None:
        with mock.patch.dict(sys.modules, {"opentelemetry.trace": open_telemetry(valid=True)}):
            with context.bind(trace=trace.parse(GIVEN)):
                self.assertEqual(f"{0xABC:032x}", context.trace().trace_id)
            self.assertEqual(f"00-{0xABC:032x}-{0xDEF:016x}-01", context.traceparent())

    def test_outside_of_its_spans_ours_stay(self) -> None:
        with (
            mock.patch.dict(sys.modules, {"opentelemetry.trace": open_telemetry(valid=False)}),
            context.bind(trace=trace.parse(GIVEN)),
        ):
            self.assertEqual(GIVEN, context.traceparent())
