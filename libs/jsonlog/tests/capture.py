"""A logger whose lines can be read back as the stream received them."""

import io
import json
import logging
from typing import Any

from jsonlog import JsonFormatter


class Captured:
    """Logs through `formatter` into memory; `lines()` parses, `raw()` does not."""

    def __init__(self, formatter: logging.Formatter | None = None, name: str = "tests.captured") -> None:
        self.stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict", newline="\n")
        handler = logging.StreamHandler(self.stream)
        handler.setFormatter(formatter or JsonFormatter(service="tests", version="1", environment="test"))
        self.logger = logging.Logger(name, logging.DEBUG)
        self.logger.addHandler(handler)

    def raw(self) -> str:
        self.stream.flush()
        return self.stream.buffer.getvalue().decode("ascii")

    def lines(self) -> list[dict[str, Any]]:
        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is not JSON")

        return [json.loads(line, parse_constant=refuse) for line in self.raw().splitlines()]

    def line(self) -> dict[str, Any]:
        (only,) = self.lines()
        return only
