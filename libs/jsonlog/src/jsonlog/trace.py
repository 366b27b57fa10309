"""W3C Trace Context (https://www.w3.org/TR/trace-context/) without OpenTelemetry, and its ids where that is there."""

import re
import secrets
import sys
from typing import Any, NamedTuple

# version 00 is exactly this; a later version may append fields after another dash, which are ignored
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)
_INVALID_VERSION = "ff"
_SAMPLED = 0x01


class Trace(NamedTuple):
    """Where we are in a trace: 32 and 16 hexadecimal digits, and whether somebody records it."""

    trace_id: str
    span_id: str
    sampled: bool

    def traceparent(self) -> str:
        """The header that says so to the next process."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


def parse(traceparent: str) -> Trace | None:
    """What a `traceparent` header says, or None for anything malformed, all-zero ids and version ff."""
    found = _TRACEPARENT.fullmatch(traceparent[:256].strip())
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == _INVALID_VERSION or (version == "00" and more) or not int(trace_id, 16) or not int(span_id, 16):
        return None
    return Trace(trace_id, span_id, bool(int(flags, 16) & _SAMPLED))


def following(traceparent: object) -> Trace:
    """Our own span: in the trace that the caller named or, where it named none, in a new one that nobody records."""
    caller = parse(traceparent) if isinstance(traceparent, str) else None
    if caller is None:
        return Trace(_hexadecimal(16), _hexadecimal(8), False)
    return caller._replace(span_id=_hexadecimal(8))


def recorded() -> Trace | None:
    """OpenTelemetry's current span. None when there is none, or when nothing has imported OpenTelemetry."""
    module: Any = sys.modules.get("opentelemetry.trace")
    if module is None:
        return None
    span = module.get_current_span().get_span_context()
    if not span.is_valid:
        return None
    return Trace(f"{span.trace_id:032x}", f"{span.span_id:016x}", bool(span.trace_flags & _SAMPLED))


def _hexadecimal(size: int) -> str:
    text = secrets.token_hex(size)
    return text if int(text, 16) else _hexadecimal(size)  # all zeroes means: invalid
