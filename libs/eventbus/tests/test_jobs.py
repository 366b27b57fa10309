"""A job is a row until it is done; Celery is told of it, and missed by nobody when it is away."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.conf import settings
from django.test import TestCase, override_settings
from django.utils import timezone

from eventbus import backoff, jobs
from eventbus.jobs import PermanentJobError, RetryableJobError
from eventbus.models import Job
from jsonlog import context
from servicekit.ids import uuid7


class Running(TestCase):
    def setUp(self) -> None:
        self.done: list[tuple[dict[str, Any], str | None]] = []
        self.error: Exception | None = None
        self.enterContext(patch.dict(jobs.registry, {"work": self.work}))

    def work(self, payload: dict[str, Any]) -> None:
        self.done.append((payload, context.request_id()))
        if self.error:
            raise self.error

    def test_a_job_runs_once_with_the_request_id_of_its_origin(self) -> None:
        with context.bind(request_id="req-9"):
            jobs.enqueue("work", {"n": 1})
        self.assertTrue(jobs.run_due())
        self.assertFalse(jobs.run_due())
        self.assertEqual(self.done, [({"n": 1}, "req-9")])
        self.assertEqual(Job.objects.get().state, "done")

    def test_the_same_key_is_one_job(self) -> None:
        for _ in range(3):
            jobs.enqueue("work", {}, key="mail-1")
        jobs.enqueue("work", {})
        jobs.enqueue("work", {})
        self.assertEqual(Job.objects.count(), 3)

    def test_many_are_stored_at_once_and_each_key_once(self) -> None:
        jobs.enqueue("work", {}, key="mail-1")
        with self.assertNumQueries(1):
            jobs.enqueue_many("work", {f"mail-{number}": {"n": number} for number in range(20)})
        self.assertEqual(Job.objects.count(), 20)

    def test_a_lane_runs_its_own_jobs_and_leaves_the_others(self) -> None:
        with patch.dict(jobs.registry), patch.dict(jobs._lanes):
            jobs.job("slow", lane="mail")(self.work)
            jobs.enqueue("slow", {"in": "lane"})
            jobs.enqueue("work", {})
            self.assertEqual(jobs.lanes(), ["", "mail"])
            self.assertTrue(jobs.run_due())
            self.assertFalse(jobs.run_due())
            self.assertTrue(jobs.run_due(lane="mail"))
            self.assertFalse(jobs.run_due(lane="mail"))
        self.assertEqual([payload for payload, _ in self.done], [{}, {"in": "lane"}])

    def test_a_failure_is_tried_again_later(self) -> None:
        jobs.enqueue("work", {})
        self.error = RetryableJobError("the mail server is away")
        jobs.run_due()
        job = Job.objects.get()
        self.assertEqual((job.state, job.attempts), ("pending", 1))
        self.assertGreater(job.next_attempt_at, timezone.now())
        self.assertFalse(jobs.run_due())

    def test_a_permanent_failure_is_not(self) -> None:
        jobs.enqueue("work", {})
        self.error = PermanentJobError("no such mailbox")
        jobs.run_due()
        self.assertEqual(Job.objects.get().state, "failed")

    def test_nor_one_that_failed_too_often(self) -> None:
        jobs.enqueue("work", {})
        self.error = ValueError("bug")
        for _ in range(backoff.MAX_ATTEMPTS):
            Job.objects.update(next_attempt_at=timezone.now())
            self.assertTrue(jobs.run_due())
        self.assertEqual(Job.objects.get().state, "failed")

    def test_a_job_whose_process_died_runs_again_after_the_lease(self) -> None:
        jobs.enqueue("work", {})
        row = Job.objects.get()
        jobs._claim(row)
        self.assertFalse(jobs.run_due())
        with patch("django.utils.timezone.now", return_value=timezone.now() + jobs.LEASE + timedelta(seconds=1)):
            self.assertTrue(jobs.run_due())
        self.assertEqual(len(self.done), 1)

    def test_a_job_that_kills_its_process_is_not_run_for_ever(self) -> None:
        jobs.enqueue("work", {})
        for _ in range(backoff.MAX_ATTEMPTS):
            jobs._claim(Job.objects.get())
        Job.objects.update(next_attempt_at=timezone.now())
        with self.assertLogs("eventbus.jobs", "ERROR"):
            self.assertTrue(jobs.run_due())
        self.assertEqual((Job.objects.get().state, self.done), ("failed", []))

    def test_one_that_failed_comes_again_when_it_is_revived(self) -> None:
        jobs.enqueue("work", {}, key="a")
        jobs.enqueue("work", {}, key="b")
        Job.objects.filter(key="a").update(state=Job.State.FAILED, attempts=12)
        Job.objects.filter(key="b").update(state=Job.State.DONE)
        self.assertEqual(jobs.revive(keys=["a", "b", "c"]), 1)
        jobs.run_due()
        self.assertEqual(len(self.done), 1)
        self.assertEqual(set(Job.objects.values_list("state", flat=True)), {"done"})

    def test_an_attempt_that_lost_its_claim_writes_nothing(self) -> None:
        jobs.enqueue("work", {})
        late = Job.objects.get()
        jobs._claim(late)
        Job.objects.update(attempts=2)
        jobs._run(late)
        self.assertEqual(Job.objects.get().state, "pending")


class WithABroker(Running):
    """The same, with Celery told first: the inherited tests see the broker away, so the worker does the job itself."""

    def setUp(self) -> None:
        super().setUp()
        self.nudged: list[UUID] = []
        self.sent = False
        run = jobs.run_due

        # Two rounds: the first tells Celery, the second does what Celery did not take.
        def twice(lane: str = "") -> bool:
            return run(self.nudge, lane) and (run(self.nudge, lane) or True)

        self.enterContext(patch("eventbus.jobs.run_due", twice))

    def nudge(self, job_id: UUID, request_id: str) -> bool:
        self.nudged.append(job_id)
        return self.sent

    def test_celery_does_what_it_was_told_of(self) -> None:
        self.sent = True
        jobs.enqueue("work", {})
        jobs.run_due()
        self.assertEqual((len(self.nudged), self.done), (1, []))
        job = Job.objects.get()
        jobs.run_nudged(job.pk)
        jobs.run_nudged(job.pk)
        self.assertEqual(len(self.done), 1)

    def test_what_celery_did_not_take_in_time_the_worker_does(self) -> None:
        self.sent = True
        jobs.enqueue("work", {})
        jobs.run_due()
        with patch("django.utils.timezone.now", return_value=timezone.now() + jobs.NUDGE):
            jobs.run_due()
        self.assertEqual(len(self.done), 1)
        jobs.run_nudged(Job.objects.get().pk)
        self.assertEqual(len(self.done), 1)

    def test_a_broker_that_is_away_is_said_and_no_error(self) -> None:
        from eventbus.celery import make_app, send_nudge

        make_app.cache_clear()
        self.addCleanup(make_app.cache_clear)
        away = {**settings.CELERY, "broker_url": "amqp://127.0.0.1:1//"}
        with override_settings(CELERY=away), self.assertLogs("eventbus.celery", "WARNING"):
            self.assertFalse(send_nudge(uuid7(), "req-1"))
