"""Request ids and traces across Celery: out with every message, in with every task, together with the task's id."""

from contextlib import AbstractContextManager
from typing import Any

from celery import Celery, Task, signals

from jsonlog import context, trace

HEADER = "request_id"
TRACE_HEADER = "traceparent"


def install(app: Celery) -> None:
    """Connects `app` to the log context; call once, after the app is made. A second call changes nothing.

    Every published message carries the caller's request id and trace; every task runs with them and its own task id
    bound, until after Celery has logged how it ended. Celery leaves the logging configuration of the process alone.
    """
    app.conf.worker_hijack_root_logger = False
    # Celery's signals belong to the process, not to an app, and hold receivers weakly unless told otherwise.
    signals.before_task_publish.connect(_send_request_id, weak=False, dispatch_uid="jsonlog")
    signals.task_prerun.connect(_bind, weak=False, dispatch_uid="jsonlog")
    signals.task_postrun.connect(_unbind, weak=False, dispatch_uid="jsonlog")
    signals.setup_logging.connect(_keep_logging, weak=False, dispatch_uid="jsonlog")


def _send_request_id(headers: dict[str, Any] | None = None, **_: object) -> None:
    ids = {HEADER: context.request_id(), TRACE_HEADER: context.traceparent()}
    if headers is not None:
        for name, value in ids.items():
            if value is not None:
                headers.setdefault(name, value)


def _bind(task_id: str, task: Task[Any, Any], **_: object) -> None:
    span = trace.following(getattr(task.request, TRACE_HEADER, None) or context.traceparent())
    manager = context.bind(request_id=_request_id_of(task), task_id=task_id, trace=span)
    manager.__enter__()
    # On the task's request, which Celery keeps until after task_postrun: tasks may nest and threads run side by side.
    task.request.update(jsonlog_binding=manager)


def _unbind(task: Task[Any, Any], **_: object) -> None:
    manager: AbstractContextManager[context.Context] | None = getattr(task.request, "jsonlog_binding", None)
    if manager is not None:
        manager.__exit__(None, None, None)


def _request_id_of(task: Task[Any, Any]) -> str:
    sent = getattr(task.request, HEADER, None)
    if isinstance(sent, str) and context.valid_request_id(sent):
        return sent
    # An eager task runs inside its caller's request; a task that nobody's request caused starts a trail of its own.
    return context.request_id() or context.new_request_id()


def _keep_logging(**_: object) -> None:
    """Celery configures logging itself only if nobody listens to `setup_logging`."""
