"""Plain output for people: lines, tables, one clear error. Colours only on a terminal."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

_COLOURS = {"red": "31", "green": "32", "bold": "1", "dim": "2"}


class Failure(Exception):
    """What went wrong, in one line for the person at the terminal: what failed and where to look."""


def colour(text: str, name: str) -> str:
    """The text in a colour where the output is a terminal (and NO_COLOR is not set); otherwise as it is."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{_COLOURS[name]}m{text}\033[0m"


def say(text: str = "") -> None:
    print(text, flush=True)


def fail(message: str) -> NoReturn:
    """Says one line on standard error and ends the program with 1."""
    print(f"error: {message}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table with aligned columns; numbers are aligned to the right."""
    cells = [list(headers), *[[_cell(value) for value in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headers))]
    numeric = [bool(rows) and all(isinstance(row[c], int | float) for row in rows) for c in range(len(headers))]

    def line(row: Sequence[str]) -> str:
        parts = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, numeric, strict=True)
        ]
        return "  " + "  ".join(parts).rstrip()

    return "\n".join([colour(line(cells[0]), "bold"), line(["-" * width for width in widths]), *map(line, cells[1:])])


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
