"""The few threads in which the live process asks its database; the event loop never waits for one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

Answer = TypeVar("Answer")

# Each has a database connection of its own, whatever the number of readers.
THREADS = 4
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live-database")


async def in_thread(function: Callable[[], Answer]) -> Answer:
    """Call the function in one of the threads; what it raises is raised here."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _call, function)


def _call(function: Callable[[], Answer]) -> Answer:
    close_old_connections()
    try:
        return function()
    finally:
        close_old_connections()
