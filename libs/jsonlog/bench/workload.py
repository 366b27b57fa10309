"""One formatter under one load; prints records per CPU second. Run by `python bench` in a venv that has all peers.

Every formatter goes through the same `logging.StreamHandler` to /dev/null; structlog's native row uses no `logging`.
"""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

EXTRAS = {"number": "TTS-2026-000001", "count": 17, "ratio": 0.25, "is_new": True, "queue": "jobs", "attempt": 3}
LOADS = ("plain", "extras", "exception")


def fail(depth: int) -> None:
    """An exception whose traceback has six frames."""
    if depth == 0:
        raise ValueError("the ticket is already closed")
    fail(depth - 1)


def stdlib_logger(formatter: logging.Formatter) -> Callable[[str, int], float]:
    """A run of `count` records of one load through `formatter`; CPU seconds."""
    handler = logging.StreamHandler(open("/dev/null", "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    handler.setFormatter(formatter)
    logger = logging.Logger("tickets.services")
    logger.addHandler(handler)

    def run(load: str, count: int) -> float:
        if load == "exception":
            try:
                fail(5)
            except ValueError:
                begun = time.process_time()
                for _ in range(count):
                    logger.error("ticket %s failed", "TTS-1", exc_info=True)
                return time.process_time() - begun
        extra = EXTRAS if load == "extras" else None
        begun = time.process_time()
        for number in range(count):
            logger.info("ticket %s moved to %s", number, "Resolved", extra=extra)
        return time.process_time() - begun

    return run


def text() -> Callable[[str, int], float]:
    return stdlib_logger(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))


def ours(**options: Any) -> Callable[[str, int], float]:
    from jsonlog import JsonFormatter

    return stdlib_logger(JsonFormatter(service="bench", version="1", environment="bench", **options))


def ours_with_ids() -> Callable[[str, int], float]:
    """Inside a request: a request id, a user and a trace are bound."""
    from jsonlog import context, trace

    run = ours()
    bound = context.bind(request_id="4f1c0d", user_id="0193f0aa", trace=trace.following(None))
    bound.__enter__()
    return run


def ours_without_redaction() -> Callable[[str, int], float]:
    """For the price of the feature only: the library has no such switch."""
    from jsonlog import formatter, plain

    plain.redact_text = lambda text: text
    formatter.replacement_of = lambda key: None
    return ours_with_ids()


def ours_with_known_secrets() -> Callable[[str, int], float]:
    from jsonlog import redact

    redact.redact_values(*(f"a-secret-value-{number}" for number in range(5)))
    return ours_with_ids()


def ours_with_stdlib_tracebacks() -> Callable[[str, int], float]:
    import traceback

    from jsonlog import plain, tracebacks

    tracebacks.render = lambda info: plain.clean("".join(traceback.format_exception(*info)))
    return ours_with_ids()


def ours_line_handler() -> Callable[[str, int], float]:
    """With our handler, one system call per line."""
    from jsonlog.handler import LineHandler

    real = logging.StreamHandler
    logging.StreamHandler = lambda stream: LineHandler(stream, uncaught=False)  # type: ignore[assignment,misc]
    try:
        return ours_with_ids()
    finally:
        logging.StreamHandler = real  # type: ignore[misc]


def ours_layout(name: str) -> Callable[[str, int], float]:
    from jsonlog import context, ecs, google, trace

    kind = {"ecs": ecs.EcsFormatter, "gcp": google.GoogleCloudFormatter}[name]
    run = stdlib_logger(kind(service="bench", version="1", environment="bench"))
    context.bind(request_id="4f1c0d", user_id="0193f0aa", trace=trace.following(None)).__enter__()
    return run


def python_json_logger(module: str, name: str) -> Callable[[str, int], float]:
    import importlib

    kind = getattr(importlib.import_module(f"pythonjsonlogger.{module}"), name)
    return stdlib_logger(kind("%(asctime)s %(levelname)s %(name)s %(module)s %(process)d %(threadName)s %(message)s"))


def ecs_logging() -> Callable[[str, int], float]:
    import ecs_logging as library

    return stdlib_logger(library.StdlibFormatter())


def structlog_stdlib(foreign: bool) -> Callable[[str, int], float]:
    """structlog's ProcessorFormatter: rendering records of `logging`."""
    import structlog

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
    return stdlib_logger(formatter)


def structlog_native() -> Callable[[str, int], float]:
    """structlog without `logging`: no LogRecord, no % formatting, no handlers."""
    import structlog

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=open("/dev/null", "w", encoding="utf-8")),  # noqa: SIM115, PTH123
        cache_logger_on_first_use=True,
    )
    logger = structlog.get_logger()

    def run(load: str, count: int) -> float:
        if load == "exception":
            try:
                fail(5)
            except ValueError:
                begun = time.process_time()
                for _ in range(count):
                    logger.error("ticket failed", ticket="TTS-1", exc_info=True)
                return time.process_time() - begun
        extra = EXTRAS if load == "extras" else {}
        begun = time.process_time()
        for number in range(count):
            logger.info("ticket moved", ticket=number, status="Resolved", **extra)
        return time.process_time() - begun

    return run


FORMATTERS: dict[str, Callable[[], Callable[[str, int], float]]] = {
    "text": text,
    "jsonlog": ours_with_ids,
    "jsonlog, outside of a request": ours,
    "jsonlog - redaction": ours_without_redaction,
    "jsonlog + 5 known secrets": ours_with_known_secrets,
    "jsonlog, people shown": lambda: (ours(pii=True), ours_with_ids())[0],
    "jsonlog, tracebacks of the stdlib": ours_with_stdlib_tracebacks,
    "jsonlog, LineHandler": ours_line_handler,
    "jsonlog, ECS layout": lambda: ours_layout("ecs"),
    "jsonlog, Google Cloud layout": lambda: ours_layout("gcp"),
    "python-json-logger json": lambda: python_json_logger("json", "JsonFormatter"),
    "python-json-logger orjson": lambda: python_json_logger("orjson", "OrjsonFormatter"),
    "python-json-logger msgspec": lambda: python_json_logger("msgspec", "MsgspecFormatter"),
    "ecs-logging": ecs_logging,
    "structlog through logging": lambda: structlog_stdlib(foreign=True),
    "structlog native": structlog_native,
}


def main() -> None:
    """`workload.py FORMATTER`: for each line on stdin (`LOAD COUNT`) one run; prints records per CPU second."""
    run = FORMATTERS[sys.argv[1]]()
    for load in LOADS:
        run(load, 200)  # caches and the interpreter's specialisation are warm in a process that logs
    for line in sys.stdin:
        load, count = line.split()
        sys.stdout.write(f"{int(count) / run(load, int(count))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
