"""openapi.yaml, which clients are written against, says what the code does."""

import difflib
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

COMMAND = "python manage.py spectacular --file openapi.yaml --validate --fail-on-warn"


class OpenApiDriftMixin:
    """A TestCase's base: the committed `BASE_DIR/openapi.yaml` is exactly what the code generates, without warnings."""

    def test_openapi_yaml_is_up_to_date(self) -> None:
        committed = Path(settings.BASE_DIR, "openapi.yaml")
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder, "openapi.yaml")
            call_command("spectacular", file=str(made), validate=True, fail_on_warn=True)
            new = made.read_text(encoding="utf-8").splitlines()
        old = committed.read_text(encoding="utf-8").splitlines() if committed.is_file() else []
        if new != old:
            lines = list(difflib.unified_diff(old, new, "openapi.yaml", "the code", lineterm="", n=1))
            raise AssertionError("\n".join([f"openapi.yaml is stale: {COMMAND}", *lines[:40]]))
