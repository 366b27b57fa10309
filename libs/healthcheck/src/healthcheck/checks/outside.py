"""Disk, mail server, another service."""

import http.client
import os
import time

from django.core import mail as django_mail

from healthcheck.definition import Result, check
from healthcheck.urls import connection_to


@check(name="disk", critical=False, ttl=15.0, max_age=60.0)
def disk(*, path: str = "/", warn_below: float = 0.1, fail_below: float = 0.02) -> Result:
    """Shares of bytes and of inodes that are free on the file system of `path`, for a process that is not root's."""
    found = os.statvfs(path)
    shares = {"free_bytes": found.f_bavail / (found.f_blocks or 1)}
    if found.f_files:  # some file systems count none
        shares["free_inodes"] = found.f_favail / found.f_files
    least = min(shares.values())
    detail = {"free_mib": found.f_bavail * found.f_frsize // 2**20}
    detail |= {f"{name}_percent": round(100 * share) for name, share in shares.items()}
    if least < fail_below:
        return Result(status="fail", code="full", detail=detail)
    return Result(
        status="warn" if least < warn_below else "pass", code="low" if least < warn_below else "", detail=detail
    )


@check(name="mail", critical=False, timeout=5.0, ttl=30.0, max_age=120.0)
def mail(*, seconds: float = 3.0) -> Result:
    """A connection of EMAIL_BACKEND can be opened: for SMTP the greeting, TLS and the sign-in; nothing is sent."""
    connection = django_mail.get_connection(fail_silently=False, timeout=seconds)
    try:
        connection.open()
    finally:
        connection.close()
    return Result(status="pass")


@check(name="service", critical=False, timeout=3.0, ttl=10.0, max_age=60.0)
def service(*, url: str, seconds: float = 2.0) -> Result:
    """Another service answers GET `url` with 2xx. Redirects are not followed.

    Ask its `/livez`, not its `/readyz`: services that wait for each other's readiness never start.
    """
    begun = time.monotonic()
    connection, target = connection_to(url, seconds)
    try:
        connection.request("GET", target)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return Result(status="fail", code="unreachable")
    finally:
        connection.close()
    detail = {"http_status": status, "milliseconds": round((time.monotonic() - begun) * 1000)}
    if 200 <= status < 300:
        return Result(status="pass", detail=detail)
    return Result(status="fail", code="refused", detail=detail)
