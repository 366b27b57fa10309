"""Every filter and search of tickets and tasks reads an index: python bench/query_plans.py [ROWS]    (100,000)

Runs the services' tests of EXPLAIN at the size at which a wrong plan hurts, on a PostgreSQL 15 of their own.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Scripts"), str(ROOT)]

from tests.e2e import servers  # noqa: E402 - found by the line above

TESTS = {"ticket_service": "tickets.tests.test_query_plans", "workflow_api": "workflows.tests.test_query_plans"}


def main() -> int:
    """The exit status of the worse of them."""
    count = sys.argv[1] if len(sys.argv) > 1 else "100000"
    if not count.isdecimal() or int(count) < 1000:
        print((__doc__ or "").splitlines()[0], file=sys.stderr)
        return 2
    with servers.postgresql() as cluster:
        return max([run(service, count, cluster.url(service)) for service in TESTS])


def run(service: str, count: str, url: str) -> int:
    """The exit status of one service's tests."""
    print(f"{service}, {int(count):,} rows", flush=True)
    environment = os.environ | {"DJANGO_ENV": "test", "DATABASE_URL": url, "QUERY_PLANS_OF": count}
    command = [sys.executable, "manage.py", "test", "--noinput", TESTS[service]]
    return subprocess.run(command, cwd=ROOT / service, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
