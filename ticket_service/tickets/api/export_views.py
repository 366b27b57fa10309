"""The list of tickets as CSV, streamed: it costs the memory of one batch, however many tickets there are."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from servicekit.reading import read_query
from servicekit.renderers import dump_json
from servicekit.time import rfc3339
from tickets import selectors
from tickets.api import representations, serializers

TIMES = ("created_at", "updated_at", "resolved_at", "closed_at")
TEXTS = ("description", "resolution", "rejection_reason", "rating")
COLUMNS = (*representations.SUMMARY_COLUMNS, "custom_fields", *TEXTS, "resolved_at", "closed_at")
HEADINGS = (
    "number",
    "status",
    "subject",
    "description",
    "category",
    "sub_category",
    "priority",
    "department",
    "tags",
    "custom_fields",
    "requester_id",
    "requester_name",
    "assignee_id",
    "assignee_name",
    "resolution",
    "rejection_reason",
    "rating",
    *TIMES,
)
# A spreadsheet takes a cell that begins so, in some languages in full width, for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class AnyAccept(BaseContentNegotiation):
    """Whatever the client accepts, text/csv among it: the answer is no choice of renderers."""

    def select_parser(self, _request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        """The first one."""
        return next(iter(parsers))

    def select_renderer(
        self, _request: Request, renderers: Iterable[BaseRenderer], _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first one, for problems."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class TicketsExportApi(APIView):
    """The tickets that the caller may see, as a file."""

    permission_classes = [IsUser]
    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="tickets_export",
        parameters=[serializers.TicketFilters],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """CSV (RFC 4180), newest first, filtered like the list; what looks like a formula begins with an apostrophe."""
        query = read_query(serializers.TicketFilters, request)
        filters: dict[str, Any] = dict(query)
        text = filters.pop("q", "")
        batches = selectors.ticket_batches(principal=principal_of(request), filters=filters, text=text, columns=COLUMNS)
        return StreamingHttpResponse(
            _lines(batches),
            content_type="text/csv; charset=utf-8; header=present",
            headers={"Content-Disposition": 'attachment; filename="tickets.csv"', "X-Content-Type-Options": "nosniff"},
        )


class _Echo:
    """A file whose write() hands back what is written."""

    def write(self, line: str) -> str:
        return line


def _lines(batches: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(HEADINGS)
    for batch in batches:
        for row in representations.ticket_summaries(batch):
            yield writer.writerow(_cells(row))


def _cells(row: Mapping[str, Any]) -> list[str]:
    values = dict(row)
    values["tags"] = " ".join(row["tags"])
    values["custom_fields"] = dump_json(row["custom_fields"]).decode() if row["custom_fields"] else ""
    for name in TIMES:
        values[name] = rfc3339(row[name]) if row[name] else ""
    return [_cell(values[heading]) for heading in HEADINGS]


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
