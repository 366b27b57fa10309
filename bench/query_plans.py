"""Every list filter and every search of tickets reads an index: python bench/query_plans.py [TICKETS]    (100,000)

Runs ticket_service's tests of EXPLAIN at the size at which a wrong plan hurts, on a PostgreSQL 15 of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Scripts"), str(ROOT)]

from tests.e2e import servers  # noqa: E402 - found by the line above

TESTS = "tickets.tests.test_query_plans"


def main() -> int:
    """The exit status of the tests."""
    count = sys.argv[1] if len(sys.argv) > 1 else "100000"
    if not count.isdecimal() or int(count) < 1000:
        print((__doc__ or "").splitlines()[0], file=sys.stderr)
        return 2
    with servers.postgresql() as cluster:
        environment = os.environ | {
            "DJANGO_ENV": "test",
            "DATABASE_URL": cluster.url("tickets"),
            "QUERY_PLANS_OF": count,
        }
        command = [sys.executable, "manage.py", "test", "--noinput", TESTS]
        return subprocess.run(command, cwd=ROOT / "ticket_service", env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
