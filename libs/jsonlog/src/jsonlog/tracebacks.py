"""Renders exceptions as the standard library does, several times faster: each line of code is rendered once.

Left out are the markers below a line (`^^^^`) and "Did you mean". Exception groups, notes and syntax errors are given
to the standard library. No values of variables, ever.
"""

import linecache
import traceback
from types import CodeType, FrameType, TracebackType
from typing import Any

from jsonlog.plain import MAX_TEXT, clean, clean_text, clip_middle, text_of

MAX_FRAMES = 100
MAX_CHAIN = 20
_MAX_KEPT = 4096
_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"

# By file, line number and function: hashing a code object would cost more than the rest.
_lines: dict[tuple[str, int, str], str] = {}


def render(info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """The traceback with its causes, redacted, the first one first. Raises what a broken exception raises."""
    chain = _chain(info[1])
    if any(_is_special(error) for error, _ in chain):
        # Redacted before it is cut: half a secret would not be recognised any more.
        return clip_middle(clean("".join(traceback.format_exception(*info)).rstrip("\n")), 2 * MAX_TEXT)
    parts = []
    for error, link in reversed(chain):
        tb = info[2] if error is info[1] else error.__traceback__
        parts.append(f"{_frames(tb)}{_last_line(error)}{link}")
    return clip_middle("".join(parts).rstrip("\n"), 2 * MAX_TEXT)


def _chain(error: BaseException) -> list[tuple[BaseException, str]]:
    """The exception and what led to it, each with the words that join it to the one that it led to."""
    found: list[tuple[BaseException, str]] = []
    seen: set[int] = set()
    link = ""
    now: BaseException | None = error
    while now is not None and id(now) not in seen and len(found) < MAX_CHAIN:
        seen.add(id(now))
        found.append((now, link))
        cause = now.__cause__
        link = _CONTEXT if cause is None else _CAUSE
        now = (None if now.__suppress_context__ else now.__context__) if cause is None else cause
    return found


def _is_special(error: BaseException) -> bool:
    return isinstance(error, BaseExceptionGroup | SyntaxError) or bool(getattr(error, "__notes__", None))


def _frames(tb: TracebackType | None) -> str:
    if tb is None:
        return ""
    lines = []
    while tb is not None:
        code = tb.tb_frame.f_code
        line = _lines.get((code.co_filename, tb.tb_lineno, code.co_name))
        lines.append(_line(code, tb.tb_lineno, tb.tb_frame) if line is None else line)
        tb = tb.tb_next
    if len(lines) > MAX_FRAMES:
        half = MAX_FRAMES // 2
        lines[half:-half] = [f"  ...[{len(lines) - MAX_FRAMES} more frames]...\n"]
    return "Traceback (most recent call last):\n" + "".join(lines)


def _line(code: CodeType, number: int, frame: FrameType) -> str:
    linecache.lazycache(code.co_filename, frame.f_globals)  # sources in an archive are found by the module's loader
    source = linecache.getline(code.co_filename, number).strip()
    text = f'  File "{code.co_filename}", line {number}, in {code.co_name}\n' + (f"    {source}\n" if source else "")
    if len(_lines) >= _MAX_KEPT:
        _lines.clear()
    text = clean_text(text)
    _lines[code.co_filename, number, code.co_name] = text
    return text


def _last_line(error: BaseException) -> str:
    kind: Any = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ("__main__", "builtins"):
        name = f"{kind.__module__}.{name}"
    text = text_of(error)
    return f"{name}: {text}\n" if text else f"{name}\n"
