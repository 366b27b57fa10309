"""Lines for a person at a terminal: time, level, logger, message, extras; coloured when the stream is a terminal."""

import logging
import os
import sys
from datetime import datetime

from jsonlog import context
from jsonlog.plain import plain_field, text_of
from jsonlog.records import exception_of, extras_of, keep_colliding_extras, message_of
from jsonlog.redact import show_people

_COLOURS = {"DEBUG": "2", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}


class PrettyFormatter(logging.Formatter):
    """`12:34:56.789 INFO    tickets.services filed a ticket  number=TTS-2026-000001 request_id=4f1c`.

    Takes the arguments of `JsonFormatter`, so that the two can be exchanged. Redacts in the same way.
    """

    def __init__(self, *, service: str = "", version: str = "", environment: str = "", pii: bool = False) -> None:
        super().__init__()
        self._coloured = sys.stderr is not None and sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        keep_colliding_extras()
        show_people(pii)

    def format(self, record: logging.LogRecord) -> str:
        try:
            return self._line(record)
        except Exception as error:  # a line that cannot be made pretty is still a line
            return f"{text_of(record.levelname)} {text_of(record.msg)} logging_error={type(error).__name__}"

    def _line(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S.%f")[:-3]
        level = f"{record.levelname:<7}"
        if self._coloured:
            level = f"\x1b[{_COLOURS.get(record.levelname, '0')}m{level}\x1b[0m"
        line = f"{time} {level} {record.name} {message_of(record)}"
        bound = context.current()
        pairs = {text_of(key): plain_field(text_of(key), value) for key, value in extras_of(record).items()}
        pairs |= {"request_id": bound.request_id, "task_id": bound.task_id}
        line += "".join(f" {key}={value}" for key, value in pairs.items() if value is not None)
        for block in (exception_of(record), text_of(record.stack_info) if record.stack_info else None):
            if block is not None:
                line += f"\n{block}"
        return line
