"""Request and task ids across Celery, with its in-memory broker and a real worker thread."""

import logging
from typing import Any

from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from django.test import SimpleTestCase

from jsonlog import context
from jsonlog.celery import install

app = Celery("tests", broker="memory://", backend="cache+memory://", set_as_current=False)
install(app)
install(app)


@app.task
def ids() -> list[str | None]:
    return [context.request_id(), context.task_id()]


@app.task
def fail() -> None:
    raise ValueError("no")


@app.task
def nested() -> list[Any]:
    inner = ids.apply().get()
    return [inner, [context.request_id(), context.task_id()]]


class CeleryTests(SimpleTestCase):
    def test_the_request_id_travels_with_the_message(self) -> None:
        with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
            with context.bind(request_id="r-1"):
                result = ids.delay()
            self.assertEqual(["r-1", result.id], result.get(timeout=30))
            without = ids.delay()
            request_id, task_id = without.get(timeout=30)
            self.assertTrue(context.valid_request_id(request_id))
            self.assertEqual(without.id, task_id)

    def test_an_id_given_with_the_call_wins(self) -> None:
        headers = {"request_id": "given"}
        with context.bind(request_id="r-1"):
            before_task_publish.send(sender="x", headers=headers)
        self.assertEqual({"request_id": "given"}, headers)

    def test_a_message_without_headers(self) -> None:
        with context.bind(request_id="r-1"):
            before_task_publish.send(sender="x", headers=None)

    def test_a_forged_id_is_not_taken_over(self) -> None:
        request_id, _ = ids.apply(headers={"request_id": "a b"}).get()
        self.assertTrue(context.valid_request_id(request_id))

    def test_an_eager_task_keeps_its_callers_request(self) -> None:
        with context.bind(request_id="r-1"):
            result = ids.apply()
            self.assertEqual(["r-1", result.id], result.get())
            self.assertEqual(("r-1", None), (context.request_id(), context.task_id()))

    def test_tasks_may_nest(self) -> None:
        with context.bind(request_id="r-1"):
            result = nested.apply()
        inner, outer = result.get()
        self.assertEqual(["r-1", result.id], outer)
        self.assertEqual("r-1", inner[0])
        self.assertNotEqual(result.id, inner[1])

    def test_a_failure_is_logged_with_the_ids_which_end_after_it(self) -> None:
        seen: list[tuple[str | None, str | None]] = []
        logger = logging.getLogger("celery.app.trace")
        logger.addFilter(lambda record: not seen.append((context.request_id(), context.task_id())))
        self.addCleanup(logger.filters.clear)
        with self.assertLogs(logger), context.bind(request_id="r-1"):
            result = fail.apply()
        self.assertEqual({("r-1", result.id)}, set(seen))
        self.assertIsNone(context.task_id())

    def test_a_task_that_was_never_bound_ends_quietly(self) -> None:
        task_postrun.send(sender=ids, task_id="x", task=ids)

    def test_connected_once_and_celery_leaves_logging_alone(self) -> None:
        for signal in (before_task_publish, setup_logging, task_prerun, task_postrun):
            ours = [key for key, _ in signal.receivers if "jsonlog" in str(key)]
            self.assertEqual(1, len(ours), signal.receivers)
        handlers = list(logging.root.handlers)
        app.log.setup_logging_subsystem(loglevel="INFO")
        self.assertEqual(handlers, logging.root.handlers)
