"""JSON by orjson: refuses NaN, lone surrogates and absurd depth with the same 400 as any other malformed body."""

from typing import Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class JSONParser(BaseParser):
    """`application/json` in UTF-8, which is all that RFC 8259 allows between systems."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            raise ParseError from error
