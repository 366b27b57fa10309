"""Elastic Common Schema 8.11 (https://www.elastic.co/guide/en/ecs/current/): what Filebeat and Elastic Agent expect."""

import logging
from typing import Any, ClassVar

from jsonlog import context
from jsonlog.formatter import BaseJsonFormatter, encode, named, timestamp
from jsonlog.plain import plain_field, text_of
from jsonlog.records import exception_of, extras_of, message_of

_VERSION = "8.11.0"
_NANOSECONDS = 1_000_000
# The access line's fields have names of their own in ECS.
_HTTP = {"method": "http.request.method", "status": "http.response.status_code", "bytes": "http.response.body.bytes"}


class EcsFormatter(BaseJsonFormatter):
    """`@timestamp`, `log.level`, `message`, `ecs.version`, `log.*`, `process.*`, `service.*`, `trace.id`, `span.id`,
    `http.request.id`, `user.id`, `error.*`; the record's extras under `labels`, those of an access line as `http.*`.
    """

    RESERVED: ClassVar[frozenset[str]] = frozenset()

    def line(self, record: logging.LogRecord) -> str:
        bound, trace = context.current(), context.trace()
        fields: dict[str, Any] = {
            "@timestamp": timestamp(record.created),
            "log.level": text_of(record.levelname).lower(),
            "message": message_of(record),
            "ecs.version": _VERSION,
            "log.logger": text_of(record.name),
            "log.origin": {
                "file": {"name": text_of(record.filename), "line": plain_field("line", record.lineno)},
                "function": text_of(record.funcName),
            },
            "process.pid": plain_field("process", record.process),
            "process.thread.name": plain_field("thread", record.threadName),
            "service.name": self.service,
            "service.version": self.version,
            "service.environment": self.environment,
            "trace.id": trace and trace.trace_id,
            "span.id": trace and trace.span_id,
            "http.request.id": plain_field("request_id", bound.request_id),
            "user.id": plain_field("user_id", bound.user_id),
        }
        extras = named(extras_of(record), self.RESERVED)
        if bound.task_id is not None:
            extras.setdefault("task_id", bound.task_id)
        if record.name == "jsonlog.access":
            fields |= {_HTTP[key]: extras.pop(key, None) for key in _HTTP}
            fields["event.duration"] = int((extras.pop("duration_ms", None) or 0) * _NANOSECONDS)
        if extras:
            fields["labels"] = {key: plain_field(key, value) for key, value in extras.items()}
        fields |= _error(record)
        return encode({key: value for key, value in fields.items() if value not in (None, "")})


def _error(record: logging.LogRecord) -> dict[str, str]:
    trace = exception_of(record)
    if trace is None:
        return {"error.stack_trace": text_of(record.stack_info)} if record.stack_info else {}
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if error is None:
        return {"error.stack_trace": trace}
    kind = type(error)
    return {
        "error.type": f"{kind.__module__}.{kind.__qualname__}",
        "error.message": text_of(error),
        "error.stack_trace": trace,
    }
