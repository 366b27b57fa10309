"""One suite on PostgreSQL and the feed for all tests that break nothing; started at its first use, ended at exit."""

import atexit
import contextlib
import functools

from . import servers
from .running import Running, running_suite


@functools.cache
def shared_suite() -> Running:
    """The started suite."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    database = stack.enter_context(servers.postgresql())
    return stack.enter_context(running_suite(database_url=database.url("postgres")))
