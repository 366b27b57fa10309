"""Pages by key set: a page costs the same wherever it is, and never a count.

The cursor holds the last row's values of `ordering`: rows that come or go meanwhile neither repeat nor hide others.
"""

import base64
import binascii
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from servicekit.problems import Problem
from servicekit.renderers import dump_json

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
MAX_CURSOR_LENGTH = 1024


class InvalidCursor(Problem):
    status, code, title = 400, "invalid_cursor", "This cursor is not one that this list gave."


class InvalidLimit(Problem):
    status, code, title = 400, "invalid_limit", f"The limit is a whole number from 1 to {MAX_LIMIT}."


class CursorPagination(BasePagination):
    """`?cursor=CURSOR&limit=N` (25, at most 100) -> `{"results": [...], "next": CURSOR or null}`.

    `ordering` on the view (or a subclass) names non-null fields, the last of them unique; `("-id",)` unless given,
    which for version 7 UUIDs is newest first. Works on model instances and on `.values()`.
    """

    ordering: tuple[str, ...] | str = ("-id",)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """One page of the rows. Raises `InvalidCursor` and `InvalidLimit` (400)."""
        ordering = getattr(view, "ordering", None) or self.ordering
        self._ordering = (ordering,) if isinstance(ordering, str) else tuple(ordering)
        limit = _limit(request)
        queryset = queryset.order_by(*self._ordering)
        if cursor := request.query_params.get("cursor"):
            queryset = queryset.filter(self._after(queryset.model, _decode(cursor)))
        rows = list(queryset[: limit + 1])
        self._next = self._cursor_of(rows[limit - 1]) if len(rows) > limit else None
        return rows[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": {"type": ["string", "null"]}},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "required": False, "schema": limit},
        ]

    def _after(self, model: type[Model], values: list[Any]) -> Q:
        """Rows behind the cursor: for (a, b), `a > A or (a = A and b > B)`, each compared in its field's direction."""
        names = [name.lstrip("-") for name in self._ordering]
        if len(values) != len(names):
            raise InvalidCursor
        checked = [_value(model, name, value) for name, value in zip(names, values, strict=True)]
        condition = Q()
        for position, name in enumerate(self._ordering):
            same = Q(**dict(zip(names[:position], checked[:position], strict=True)))
            comparison = "lt" if name.startswith("-") else "gt"
            condition |= same & Q(**{f"{names[position]}__{comparison}": checked[position]})
        return condition

    def _cursor_of(self, row: Any) -> str:
        names = [name.lstrip("-") for name in self._ordering]
        values = [row[name] if isinstance(row, dict) else getattr(row, name) for name in names]
        return base64.urlsafe_b64encode(dump_json(values)).rstrip(b"=").decode()


def _limit(request: Request) -> int:
    text = request.query_params.get("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        raise InvalidLimit
    return int(text)


def _decode(cursor: str) -> list[Any]:
    if len(cursor) > MAX_CURSOR_LENGTH:
        raise InvalidCursor
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
    if not isinstance(values, list) or not all(isinstance(value, str | int | float) for value in values):
        raise InvalidCursor
    return values


def _value(model: type[Model], name: str, value: Any) -> Any:
    """The cursor is the client's input: only what the field itself would hold reaches the database."""
    field = model._meta.get_field(name)
    try:
        return field.clean(value, None)  # type: ignore[union-attr]
    except (ValidationError, ValueError, OverflowError):
        raise InvalidCursor from None
