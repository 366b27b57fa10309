"""JSON by orjson: a tenth of the time of the standard library's, and times in the contract's form."""

import datetime
from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

from servicekit.time import rfc3339


def _default(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return rfc3339(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)  # Decimal, lazy translations


def dump_json(value: Any) -> bytes:
    """UTF-8 JSON. UUID and Decimal become texts, times `servicekit.time.rfc3339`, dates ISO 8601."""
    return orjson.dumps(value, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS)


class JSONRenderer(BaseRenderer):
    """The only renderer: `application/json`."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else dump_json(data)
