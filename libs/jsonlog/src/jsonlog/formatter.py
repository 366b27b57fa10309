"""The JSON formatters: one line of ASCII JSON per record, whatever the record holds."""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from math import floor, isfinite
from time import gmtime, strftime, time
from typing import Any, ClassVar

from jsonlog import context
from jsonlog.plain import clean_text, free_name, plain_field, text_of
from jsonlog.records import STANDARD_ATTRIBUTES, added_to, exception_of, extras_of, keep_colliding_extras, message_of
from jsonlog.redact import harmless, replacement_of, show_people

# ASCII only: no stream's encoding can then refuse a line.
encode = json.JSONEncoder(ensure_ascii=True, check_circular=False, allow_nan=False, separators=(",", ":")).encode
# The C function where there is one, for the texts of which most lines consist.
_quoted = encode_basestring_ascii
_PLAIN_BITS = 64
_PLAIN = 2**53


class BaseJsonFormatter(logging.Formatter, ABC):
    """What the layouts have in common. Never raises, never loses a record.

    `pii` shows e-mail addresses and the like; it applies to the whole process, as `redact.show_people` does.
    """

    def __init__(self, *, service: str = "", version: str = "", environment: str = "", pii: bool = False) -> None:
        super().__init__()
        self.service = service
        self.version = version
        self.environment = environment
        keep_colliding_extras()
        show_people(pii)

    def format(self, record: logging.LogRecord) -> str:
        try:
            return self.line(record)
        except Exception as error:  # the promise of this module
            return encode(self.least(record) | {"logging_error": type(error).__name__})

    @abstractmethod
    def line(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON; may raise."""

    def least(self, record: logging.LogRecord) -> dict[str, Any]:
        """What can be said when `line` has raised."""
        return {
            "timestamp": timestamp(time()),
            "level": text_of(record.levelname),
            "message": text_of(record.msg),
            "logger": text_of(record.name),
            "service": text_of(self.service),
        }


class JsonFormatter(BaseJsonFormatter):
    """The library's own layout, described by `line.schema.json` beside this file.

    Fields: timestamp (ISO 8601, UTC, microseconds), level, message, logger, module, service, version, environment,
    process (id), thread (name), request_id, task_id, user_id, trace_id, span_id (null when nothing is bound), then the
    record's extras, then `exception` (traceback) and `stack` where there are any. An extra that bears one of these
    names is kept as `extra_<name>`.
    """

    RESERVED: ClassVar[frozenset[str]] = frozenset(
        {"timestamp", "level", "message", "logger", "module", "service", "version", "environment", "process", "thread"}
        | {"request_id", "task_id", "user_id", "trace_id", "span_id", "exception", "stack", "logging_error"}
    )

    def __init__(self, *, service: str = "", version: str = "", environment: str = "", pii: bool = False) -> None:
        super().__init__(service=service, version=version, environment=environment, pii=pii)
        labels = {"service": service, "version": version, "environment": environment}
        self._labels = encode(labels)[1:-1]

    def line(self, record: logging.LogRecord) -> str:
        # Put together as text: a third faster than a dictionary and an encoder, and no less valid.
        text = (
            f'{{"timestamp":"{timestamp(record.created)}","level":{quoted(record.levelname)}'
            f',"message":{_quoted(message_of(record))},"logger":{quoted(record.name)}'
            f',"module":{quoted(record.module)},{self._labels},"process":{_number_or_null(record.process)}'
            f',"thread":{quoted(record.threadName)}{_ids()}'
        )
        added = added_to(record)
        if added:
            text += _members(added) or self._awkward_members(record)
        if record.exc_info or record.exc_text:
            exception = exception_of(record)
            if exception is not None:
                text += f',"exception":{_quoted(exception)}'
        if record.stack_info:
            text += f',"stack":{_quoted(text_of(record.stack_info))}'
        return text + "}"

    def _awkward_members(self, record: logging.LogRecord) -> str:
        extras = named(extras_of(record), self.RESERVED)
        return "".join([f",{quoted(name)}:{value_json(name, value)}" for name, value in extras.items()])


_MAX_STARTS = 4096


def _members(added: Iterable[tuple[Any, Any]]) -> str:
    """The extras as members of an object, or nothing if one of them needs a closer look at its name."""
    parts = []
    for key, value in added:
        start = harmless.get(key) or _start_of(key)
        if not start:
            return ""
        kind = type(value)
        if kind is str:
            parts.append(start + _quoted(clean_text(value)))
        elif kind is int and -_PLAIN < value < _PLAIN:
            parts.append(start + str(value))
        else:
            parts.append(start + value_json(key, value))
    return "".join(parts)


def _start_of(key: Any) -> str:
    """The beginning of a member, `,"name":`, or nothing for a name that is secret, reserved or no text."""
    if type(key) is not str or key in JsonFormatter.RESERVED or key in STANDARD_ATTRIBUTES:
        return ""
    if replacement_of(key) is not None or text_of(key) != key:
        return ""
    start = f",{_quoted(key)}:"
    if len(harmless) < _MAX_STARTS:
        harmless[key] = start
    return start


def named(extras: Mapping[Any, Any], reserved: frozenset[str]) -> dict[str, Any]:
    """The extras by names that are texts, differ, and are none of the reserved ones."""
    found: dict[str, Any] = {}
    for key, value in extras.items():
        name = text_of(key)
        found[free_name(f"extra_{name}" if name in reserved else name, found)] = value
    return found


def value_json(name: str, value: Any) -> str:
    """An extra's value as JSON."""
    kind = type(value)
    if value is None or kind is bool:
        return "null" if value is None else "true" if value else "false"
    hidden = replacement_of(name)
    if hidden is not None:
        return f'"{hidden}"'
    if kind is str:
        return _quoted(clean_text(value))
    if kind is int and value.bit_length() <= _PLAIN_BITS:
        return int.__repr__(value)
    if kind is float and isfinite(value):
        return float.__repr__(value)
    return encode(plain_field(name, value))


@lru_cache(maxsize=4096)
def quoted(name: str | None) -> str:
    """A text of which there are few different ones (loggers, threads, extras' names), as JSON."""
    return "null" if name is None else _quoted(text_of(name))


def _number_or_null(number: int | None) -> str:
    return "null" if number is None else str(int(number))


def _ids() -> str:
    bound = context.current()
    text = bound.rendered.get("json")
    if text is None:
        pairs = {"request_id": bound.request_id, "task_id": bound.task_id, "user_id": bound.user_id}
        text = "".join([f',"{key}":{encode(plain_field(key, value))}' for key, value in pairs.items()])
        bound.rendered["json"] = text
    trace = context.trace()
    if trace is None:
        return text + ',"trace_id":null,"span_id":null'
    return f'{text},"trace_id":"{trace.trace_id}","span_id":"{trace.span_id}"'


@lru_cache(maxsize=8)
def _second(second: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(second))


def timestamp(created: float) -> str:
    """Seconds since 1970 as `2026-11-21T23:55:38.123456Z`."""
    second = floor(created)
    return f"{_second(second)}.{min(int((created - second) * 1_000_000 + 0.5), 999_999):06d}Z"
