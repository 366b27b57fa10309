"""Finds the repository that the service under test lives in."""

import functools
from pathlib import Path

from django.conf import settings

MARK = Path("docs", "contracts.md")


@functools.cache
def repository_root() -> Path:
    """The nearest folder at or above `settings.BASE_DIR` (or the current one) that has docs/contracts.md."""
    start = Path(getattr(settings, "BASE_DIR", None) or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / MARK).is_file():
            return folder
    raise FileNotFoundError(f"no {MARK} at or above {start}: the contract tests run inside the repository")
