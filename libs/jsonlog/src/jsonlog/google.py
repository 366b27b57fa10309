"""Google Cloud's structured logging (https://cloud.google.com/logging/docs/structured-logging), Error Reporting too."""

import logging
import os
from typing import Any, ClassVar

from jsonlog import context
from jsonlog.formatter import BaseJsonFormatter, encode, named, timestamp
from jsonlog.plain import plain_field, text_of
from jsonlog.records import exception_of, extras_of, message_of

_SEVERITIES = ((50, "CRITICAL"), (40, "ERROR"), (30, "WARNING"), (20, "INFO"), (10, "DEBUG"))
_MILLISECONDS = 1000


class GoogleCloudFormatter(BaseJsonFormatter):
    """`severity`, `time`, `message`, `logging.googleapis.com/*` (trace, span, source), `serviceContext`, the extras.

    The trace becomes a link where GOOGLE_CLOUD_PROJECT names the project. An access line is an `httpRequest`; a
    traceback is a `stack_trace`, which Error Reporting groups.
    """

    RESERVED: ClassVar[frozenset[str]] = frozenset(
        {"severity", "time", "message", "logger", "serviceContext", "environment", "process", "thread", "request_id"}
        | {"task_id", "user_id", "httpRequest", "stack_trace", "timestamp", "timestampSeconds", "timestampNanos"}
    )

    def line(self, record: logging.LogRecord) -> str:
        bound, trace = context.current(), context.trace()
        fields: dict[str, Any] = {
            "severity": next((name for level, name in _SEVERITIES if record.levelno >= level), "DEFAULT"),
            "time": timestamp(record.created),
            "message": message_of(record),
            "logger": text_of(record.name),
            "logging.googleapis.com/sourceLocation": {
                "file": text_of(record.pathname),
                "line": text_of(record.lineno),  # an int64, which this API writes as text
                "function": text_of(record.funcName),
            },
            "serviceContext": {"service": self.service, "version": self.version},
            "environment": self.environment,
            "process": plain_field("process", record.process),
            "thread": plain_field("thread", record.threadName),
            "request_id": plain_field("request_id", bound.request_id),
            "task_id": plain_field("task_id", bound.task_id),
            "user_id": plain_field("user_id", bound.user_id),
        }
        if trace is not None:
            project = os.environ.get("GOOGLE_CLOUD_PROJECT")
            name = f"projects/{project}/traces/{trace.trace_id}" if project else trace.trace_id
            fields["logging.googleapis.com/trace"] = name
            fields["logging.googleapis.com/spanId"] = trace.span_id
            fields["logging.googleapis.com/trace_sampled"] = trace.sampled
        extras = named(extras_of(record), self.RESERVED)
        if record.name == "jsonlog.access":
            fields["httpRequest"] = _http_request(extras)
        fields |= {key: plain_field(key, value) for key, value in extras.items()}
        stack = exception_of(record) or (text_of(record.stack_info) if record.stack_info else None)
        if stack is not None:
            fields["stack_trace"] = stack
        return encode({key: value for key, value in fields.items() if value is not None})


def _http_request(extras: dict[str, Any]) -> dict[str, Any]:
    """Takes the access line's fields out of the extras."""
    seconds = (extras.pop("duration_ms", None) or 0) / _MILLISECONDS
    size = extras.pop("bytes", None)
    return {
        "requestMethod": extras.pop("method", None),
        "requestUrl": extras.pop("route", None),
        "status": extras.pop("status", None),
        "latency": f"{seconds:.6f}s",
        **({} if size is None else {"responseSize": str(size)}),
    }
