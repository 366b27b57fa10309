"""Reads log records: message, extras, exception; and keeps `logging` itself from raising over an `extra`."""

import logging
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from jsonlog import tracebacks
from jsonlog.plain import clean_text, free_name, text_of

_NAMES = tuple(vars(logging.LogRecord("", 0, "", 0, "", None, None)))
_OWN = len(_NAMES)
_LAST = _NAMES[-1]
STANDARD_ATTRIBUTES = frozenset(_NAMES) | {"message", "asctime", "taskName"}
_make_record = logging.Logger.makeRecord


def message_of(record: logging.LogRecord) -> str:
    """The merged message; when the arguments do not fit the format, both as they are."""
    try:
        return clean_text(record.getMessage())
    except Exception:  # a %-mismatch, or an argument whose __str__ raises
        return f"{text_of(record.msg)} {_args_text(record.args)}"


def _args_text(args: object) -> str:
    values = args if isinstance(args, tuple) else (args,)
    return "(" + ", ".join(text_of(value) for value in values) + ")"


def exception_of(record: logging.LogRecord) -> str | None:
    """The rendered traceback, or None. Libraries leave 0, True or a tuple of Nones in `exc_info`."""
    info = record.exc_info
    if not (isinstance(info, tuple) and len(info) == 3 and isinstance(info[1], BaseException)):
        return clean_text(record.exc_text) if record.exc_text else None
    try:
        return tracebacks.render(info)
    except Exception:  # the exception's own __str__ or __cause__ may be broken
        return f"{type(info[1]).__name__}: <traceback could not be rendered>"


def extras_of(record: logging.LogRecord) -> dict[str, Any]:
    """What the caller gave as `extra`, by name."""
    return {key: value for key, value in added_to(record) if key not in STANDARD_ATTRIBUTES}


def added_to(record: logging.LogRecord) -> Iterable[tuple[Any, Any]]:
    """The extras, and it may be some of STANDARD_ATTRIBUTES among them."""
    held = vars(record)
    if len(held) == _OWN and _LAST in held:
        return ()
    # A record's own attributes are set first; only if one was deleted must all names be looked at.
    if next(islice(held, _OWN - 1, None), None) == _LAST:
        return islice(held.items(), _OWN, None)
    return held.items()


_is_harmless = STANDARD_ATTRIBUTES.isdisjoint


def keep_colliding_extras() -> None:
    """Makes `extra={"name": ...}` legal for every logger of the process; idempotent.

    `Logger.makeRecord` raises KeyError into the caller when an extra bears the name of a record's attribute. There is
    no other hook before that check, so the method is replaced by one that renames such extras to `extra_<name>`.
    """
    logging.Logger.makeRecord = _make_record_renaming_extras  # type: ignore[method-assign]


def _make_record_renaming_extras(self: logging.Logger, *args: Any, **kwargs: Any) -> logging.LogRecord:
    # makeRecord(name, level, fn, lno, msg, args, exc_info, func=None, extra=None, sinfo=None)
    if len(args) > 8:
        extra = args[8]
        if extra is not None and (type(extra) is not dict or not _is_harmless(extra)):
            args = (*args[:8], _renamed(extra), *args[9:])
    elif "extra" in kwargs:
        kwargs["extra"] = _renamed(kwargs["extra"])
    return _make_record(self, *args, **kwargs)


def _renamed(extra: object) -> Mapping[str, object] | None:
    if extra is None:
        return None
    if not isinstance(extra, Mapping):
        return {"extra": extra}
    if STANDARD_ATTRIBUTES.isdisjoint(extra):
        return extra
    renamed: dict[str, object] = {}
    for key, value in extra.items():
        renamed[free_name(f"extra_{key}", extra) if key in STANDARD_ATTRIBUTES else key] = value
    return renamed
