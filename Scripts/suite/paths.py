"""Where things are in the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "Scripts"
LIBS = tuple(sorted(path.parent.name for path in (ROOT / "libs").glob("*/pyproject.toml")))
STATE = ROOT / ".local"
CACHE = ROOT / ".cache"
ENV_FILE = ROOT / "Docker" / ".env"
