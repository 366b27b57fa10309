"""The exec probe: `python -m healthcheck URL` or `python -m healthcheck --heartbeat FILE`. Needs no Django.

Exit status 0: well; 1: not well, with one line on stderr; 2: wrong arguments.
"""

import argparse
import http.client
import sys

from healthcheck import heartbeat
from healthcheck.urls import connection_to
from healthcheck.workers import consumed_file


def main(arguments: list[str] | None = None) -> int:
    """Runs the probe; `arguments` as on the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m healthcheck", description="Asks whether a process is well.")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("url", nargs="?", help="a probe of a web process; well is any 2xx")
    target.add_argument("--heartbeat", metavar="FILE", help="the file that a worker process touches")
    parser.add_argument("--max-age", type=float, default=30.0, metavar="SECONDS", help="of the heartbeat (30)")
    parser.add_argument("--max-idle", type=float, metavar="SECONDS", help="since a Celery worker took a message")
    parser.add_argument("--timeout", type=float, default=2.0, metavar="SECONDS", help="for the URL (2)")
    options = parser.parse_args(arguments)
    if options.heartbeat is not None:
        trouble = _heartbeat_trouble(options.heartbeat, options.max_age) or _idle_trouble(
            options.heartbeat, options.max_idle
        )
    else:
        trouble = _url_trouble(options.url, options.timeout)
    if trouble:
        sys.stderr.write(f"healthcheck: {trouble}\n")
        return 1
    return 0


def _heartbeat_trouble(path: str, max_age: float) -> str:
    if heartbeat.is_fresh(path, max_age=max_age):
        return ""
    age = heartbeat.age(path)
    return f"{path}: no heartbeat" if age is None else f"{path}: last heartbeat {age:.0f} s ago"


def _idle_trouble(path: str, max_idle: float | None) -> str:
    if max_idle is None:
        return ""
    idle = heartbeat.age(consumed_file(path))
    if idle is None:
        return f"{path}: no message taken yet"
    return f"{path}: last message {idle:.0f} s ago" if idle > max_idle else ""


def _url_trouble(url: str, timeout: float) -> str:
    try:
        connection, target = connection_to(url, timeout)
    except ValueError as error:
        return str(error)
    try:
        connection.request("GET", target)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{url}: {type(error).__name__}"
    finally:
        connection.close()
    return "" if 200 <= status < 300 else f"{url}: HTTP {status}"


if __name__ == "__main__":
    sys.exit(main())
