"""Turns any value into what JSON can hold: bounded, free of cycles, without secrets; never raises."""

import math
from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime, time
from typing import Any

from jsonlog.redact import redact_text, replacement_of

MAX_TEXT = 32 * 1024
MAX_DEPTH = 8
MAX_NODES = 1000
_MAX_INT_BITS = 64


def clip(text: str) -> str:
    """The first MAX_TEXT characters of a longer text, with a note of how much was cut."""
    return f"{text[:MAX_TEXT]}...[{len(text) - MAX_TEXT} more characters]"


def clip_middle(text: str, most: int) -> str:
    """The beginning and the end of the text, `most` characters together: a traceback's last line matters most."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n...[{len(text) - 2 * half} more characters]...\n{text[-half:]}"


def clean_text(text: str) -> str:
    """The text clipped, redacted, and with lone surrogates (which no UTF-8 can hold) replaced."""
    if len(text) > MAX_TEXT:
        text = clip(text)
    text = redact_text(text)
    return text if text.isascii() else _without_surrogates(text)


def clean(text: str) -> str:
    """The text redacted, and with lone surrogates replaced."""
    text = redact_text(text)
    return text if text.isascii() else _without_surrogates(text)


def _without_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def text_of(value: object) -> str:
    """`str(value)`, or a description of its type when that raises."""
    try:
        return clean_text(str(value))
    except Exception:  # whatever a foreign __str__ raises must not lose the record
        return f"<unprintable {type(value).__name__}>"


def plain(value: object, *, depth: int = MAX_DEPTH, nodes: int = MAX_NODES) -> Any:
    """`value` as None, bool, int, float, str, list or dict with string keys, ready for `json.dumps`.

    Of containers at most `depth` levels and `nodes` values, then a note.
    """
    return _Walk(depth, nodes).walk(value, 0)


def plain_field(key: str, value: object) -> Any:
    """As `plain`, but a field whose name says what it holds becomes a note of that (None and booleans stay)."""
    if value is None or value is True or value is False:
        return value
    return replacement_of(key) or plain(value)


class _Walk:
    """One walk through a value: counts nodes and knows the containers above the current one."""

    def __init__(self, depth: int, nodes: int) -> None:
        self.max_depth = depth
        self.max_nodes = nodes
        self.nodes = 0
        self.above: set[int] = set()

    def walk(self, value: object, depth: int) -> Any:
        self.nodes += 1
        try:
            scalar = _scalar(value)
            if scalar is not NotImplemented:
                return scalar
            if isinstance(value, Mapping | list | tuple | Set):
                return self._container(value, depth)
        except Exception:  # a foreign container may raise when it is iterated, a foreign number when it is read
            return f"<unreadable {type(value).__name__}>"
        return text_of(value)

    def _container(self, value: Mapping[Any, Any] | Iterable[Any], depth: int) -> Any:
        if id(value) in self.above:
            return "<cycle>"
        if depth >= self.max_depth:
            return "<too deep>"
        self.above.add(id(value))
        try:
            return self._mapping(value, depth) if isinstance(value, Mapping) else self._items(value, depth)
        finally:
            self.above.discard(id(value))

    def _mapping(self, mapping: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in mapping.items():
            if self.nodes >= self.max_nodes:
                found["..."] = "<more>"
                break
            name = free_name(text_of(key), found)
            hidden = None if value is None or isinstance(value, bool) else replacement_of(name)
            found[name] = hidden or self.walk(value, depth + 1)
        return found

    def _items(self, items: Iterable[Any], depth: int) -> list[Any]:
        found: list[Any] = []
        for item in items:
            if self.nodes >= self.max_nodes:
                found.append("<more>")
                break
            found.append(self.walk(item, depth + 1))
        return found


def free_name(name: str, taken: Mapping[str, object]) -> str:
    """`name`, with underscores added until it is not in `taken`: 1 and "1" are two keys, but one name."""
    while name in taken:
        name += "_"
    return name


def _scalar(value: object) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(str(value))
    if isinstance(value, int):
        number = int(value)
        return number if number.bit_length() <= _MAX_INT_BITS else _huge(number)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, bytes | bytearray | memoryview):
        return clean_text(bytes(value[: MAX_TEXT + 1]).decode("utf-8", "backslashreplace"))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return NotImplemented


def _huge(number: int) -> str:
    # Decimal conversion is quadratic and refused beyond 4300 digits; no JSON reader holds such a number anyway.
    return str(number) if number.bit_length() < 1024 else f"<integer of {number.bit_length()} bits>"
