"""Checks that do what real ones do on their bad days, named in settings by `tests.cast.<name>`."""

import threading

from healthcheck import Result, check

release = threading.Event()


def fine() -> Result:
    return Result(status="pass", detail={"rows": 3, "table": "people"})


@check(name="worried")
def worried() -> Result:
    return Result(status="warn", code="late", detail={"seconds": 61})


@check(name="database")
def failing() -> Result:
    return Result(status="fail", code="unavailable")


@check(name="cache", critical=False)
def failing_but_not_needed() -> Result:
    return Result(status="fail")


@check(name="leaky")
def leaky() -> Result:
    raise RuntimeError("password is hunter2")


@check(name="hanging", timeout=0.05)
def hanging() -> Result:
    release.wait(60)
    return Result(status="pass")
