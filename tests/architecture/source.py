"""What the source says, read without running it: imports by folder, and import graphs for grimp."""

import ast
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grimp
from suite import topology
from suite.paths import LIBS, ROOT
from suite.topology import Service

SERVICES = topology.load().services


def imported_packages(folder: Path) -> dict[str, set[Path]]:
    """The top-level names that the Python files below a folder import, each with the files that do."""
    found: dict[str, set[Path]] = {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                found.setdefault(name.partition(".")[0], set()).add(path.relative_to(ROOT))
    return found


def library_graph() -> grimp.ImportGraph:
    """The imports between our libraries, as they are installed."""
    with _on_path(*(ROOT / "libs" / lib / "src" for lib in LIBS)):
        return grimp.build_graph(*LIBS, cache_dir=None)


def service_graph(service: Service) -> grimp.ImportGraph:
    """The imports between the modules of a service's `config` and its app."""
    with _on_path(service.path):
        return grimp.build_graph("config", service.app, cache_dir=None)


@contextmanager
def _on_path(*folders: Path) -> Iterator[None]:
    before = list(sys.path)
    sys.path[:0] = [str(folder) for folder in folders]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = before
