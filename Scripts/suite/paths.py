"""Where things are in the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "Scripts"
LIBS = ("jsonlog", "healthcheck", "servicekit", "jwtauth", "attachments", "eventbus")
STATE = ROOT / ".local"
CACHE = ROOT / ".cache"
