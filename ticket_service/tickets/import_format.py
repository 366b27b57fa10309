"""The CSV of an import: the columns of the export, of which some are read, some must be there, and some are ignored."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

# What an export has besides, and what a person cannot set.
IGNORED = frozenset(
    {
        *("number", "status", "requester_name", "assignee_id", "assignee_name", "resolution", "rejection_reason"),
        *("rating", "created_at", "updated_at", "resolved_at", "closed_at"),
    }
)
REQUIRED = ("subject", "description", "category")
TEXTS = ("subject", "description", "category", "sub_category", "priority", "department")
READ = (*TEXTS, "tags", "custom_fields", "requester_id", "requester_email")
# What the export puts an apostrophe before.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
MAX_CELL = 25_000


class NotReadable(Exception):
    """The file, or the rest of it, is not what it should be; the text says why, and names no content."""


class Row(NamedTuple):
    """A row by its column names; `line` is that of the file on which it ends."""

    line: int
    cells: dict[str, str]


def check_heading(begin: bytes) -> None:
    """Raises NotReadable when a file that begins so cannot be an import; its first 64 KiB are enough."""
    rows(io.BytesIO(begin))


def rows(file: BinaryIO) -> Iterator[Row]:
    """The rows of a CSV file (RFC 4180, UTF-8 with or without BOM), read as they are asked for.

    Raises NotReadable, at once for the heading, and at the row that cannot be read.
    """
    csv.field_size_limit(MAX_CELL)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    reader = csv.reader(text, strict=True)
    heading = [name.strip().lower() for name in _next(reader) or []]
    _check(heading)
    return _rows(reader, heading)


def _rows(reader: Any, heading: list[str]) -> Iterator[Row]:
    while (cells := _next(reader)) is not None:
        if any(cell.strip() for cell in cells):
            yield Row(reader.line_num, _named(heading, cells))


def _named(heading: list[str], cells: list[str]) -> dict[str, str]:
    named = {name: _unquoted(cell) for name, cell in zip(heading, cells, strict=False) if name not in IGNORED}
    if len(cells) > len(heading):
        named[""] = "more cells than the heading has"
    return named


def _next(reader: Any) -> list[str] | None:
    try:
        row: list[str] | None = next(reader, None)
    except UnicodeDecodeError as error:
        raise NotReadable(f"after line {reader.line_num}: this is no UTF-8") from error
    except csv.Error as error:
        raise NotReadable(f"line {reader.line_num}: {_WORDS.get(str(error), 'this is no CSV (RFC 4180)')}") from error
    return row


_WORDS = {
    "unexpected end of data": "a quoted cell does not end",
    "line contains NUL": "there is a NUL character",
    f"field larger than field limit ({MAX_CELL})": f"a cell has more than {MAX_CELL} characters",
}


def _check(heading: list[str]) -> None:
    if not heading:
        raise NotReadable("the file is empty")
    missing = [name for name in REQUIRED if name not in heading]
    unknown = sorted({name for name in heading if name not in READ and name not in IGNORED})
    double = sorted({name for name in heading if heading.count(name) > 1})
    for names, what in ((missing, "missing"), (unknown, "unknown"), (double, "more than once")):
        if names:
            shown = ", ".join(repr(name[:40]) for name in names[:10])
            raise NotReadable(f"columns {what}: {shown}; known are {', '.join(READ)}")


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def fields(cells: Mapping[str, str]) -> dict[str, Any]:
    """What a row says, as the API would be given it: empty cells say nothing.

    Raises ValueError with the column's name for a cell that is not of its form.
    """
    given: dict[str, Any] = {name: cells[name] for name in (*TEXTS, "requester_id") if cells.get(name, "").strip()}
    if cells.get("tags", "").strip():
        given["tags"] = cells["tags"].split()
    if cells.get("custom_fields", "").strip():
        try:
            given["custom_fields"] = json.loads(cells["custom_fields"])
        except ValueError:
            raise ValueError("custom_fields") from None
    return given
