"""The suite as a whole: real processes, PostgreSQL, RabbitMQ, HTTP."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Scripts"))
