"""The JSON formatter: one line of ASCII JSON per record, whatever the record holds."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from jsonlog import context
from jsonlog.plain import free_name, plain_field, text_of
from jsonlog.records import exception_of, extras_of, keep_colliding_extras, message_of

# ASCII only: no stream's encoding can then refuse a line.
_encode = json.JSONEncoder(ensure_ascii=True, check_circular=False, allow_nan=False, separators=(",", ":")).encode
RESERVED = frozenset(
    {"timestamp", "level", "message", "logger", "module", "service", "version", "environment", "process", "thread"}
    | {"request_id", "task_id", "user_id", "exception", "stack"}
)


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object. Never raises, never loses a record.

    Fields: timestamp (ISO 8601, UTC, microseconds), level, message, logger, module, service, version, environment,
    process (id), thread (name), request_id, task_id, user_id (null when nothing is bound), then the record's extras,
    then `exception` (traceback) and `stack` where there are any. An extra that bears one of these names is kept as
    `extra_<name>`.
    """

    def __init__(self, *, service: str = "", version: str = "", environment: str = "") -> None:
        super().__init__()
        self._service = service
        self._version = version
        self._environment = environment
        keep_colliding_extras()

    def format(self, record: logging.LogRecord) -> str:
        try:
            return _encode(self._fields(record))
        except Exception as error:  # the promise of this module
            return _encode(self._least(record, error))

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        bound = context.current()
        fields: dict[str, Any] = {
            "timestamp": timestamp(record),
            "level": record.levelname,
            "message": message_of(record),
            "logger": record.name,
            "module": record.module,
            "service": self._service,
            "version": self._version,
            "environment": self._environment,
            "process": record.process,
            "thread": record.threadName,
            "request_id": bound.request_id,
            "task_id": bound.task_id,
            "user_id": bound.user_id,
        }
        for key, value in extras_of(record).items():
            name = text_of(key)
            fields[free_name(f"extra_{name}" if name in RESERVED else name, fields)] = plain_field(name, value)
        exception = exception_of(record)
        if exception is not None:
            fields["exception"] = exception
        if record.stack_info:
            fields["stack"] = text_of(record.stack_info)
        return fields

    def _least(self, record: logging.LogRecord, error: Exception) -> dict[str, str]:
        return {
            "timestamp": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "level": text_of(record.levelname),
            "message": text_of(record.msg),
            "logger": text_of(record.name),
            "service": text_of(self._service),
            "logging_error": type(error).__name__,
        }


def timestamp(record: logging.LogRecord) -> str:
    """When the record was made: `2026-11-21T23:55:38.123456Z`."""
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
