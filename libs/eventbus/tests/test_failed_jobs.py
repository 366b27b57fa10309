"""Jobs that gave up: seen and done again by whom a service says, over HTTP and by an operator's command."""

from io import StringIO
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone

from eventbus import jobs
from eventbus.failed_jobs import FailedJobListApi, FailedJobRetryApi
from eventbus.models import Job
from jwtauth.permissions import has_role
from jwtauth.testing import api_client

KEEPER = [has_role("shop:keeper")]
urlpatterns = [
    path("unsaid/", FailedJobListApi.as_view()),
    path("unsaid/<uuid:id>/retry/", FailedJobRetryApi.as_view()),
    path("failed-jobs/", FailedJobListApi.as_view(permission_classes=KEEPER)),
    path("failed-jobs/<uuid:id>/retry/", FailedJobRetryApi.as_view(permission_classes=KEEPER)),
]


@override_settings(ROOT_URLCONF=__name__)
class FailedJobs(TestCase):
    def setUp(self) -> None:
        self.keeper = api_client(roles=["shop:keeper"])
        self.done: list[dict[str, Any]] = []
        self.enterContext(patch.dict(jobs.registry, {"send": self.done.append}))
        self.job = self.failed()
        jobs.enqueue("send", {"to": "waits"})

    def failed(self, kind: str = "send") -> Job:
        return Job.objects.create(
            kind=kind,
            payload={"to": "erin@example.com"},
            state="failed",
            attempts=12,
            next_attempt_at=timezone.now(),
            request_id="req-9",
            last_error="SMTPServerDisconnected: erin@example.com",
        )

    def test_the_keeper_reads_the_kind_of_job_and_of_error_and_nothing_of_what_it_is_about(self) -> None:
        answer = self.keeper.get("/failed-jobs/")
        (row,) = answer.json()["results"]
        self.assertEqual((row["id"], row["kind"], row["attempts"]), (str(self.job.pk), "send", 12))
        self.assertEqual((row["error"], row["request_id"]), ("SMTPServerDisconnected", "req-9"))
        self.assertNotIn("erin", answer.content.decode())

    def test_one_is_done_again_once_with_all_its_attempts(self) -> None:
        url = f"/failed-jobs/{self.job.pk}/retry/"
        self.assertEqual(self.keeper.post(url).status_code, 202)
        self.job.refresh_from_db()
        self.assertEqual((self.job.state, self.job.attempts), ("pending", 0))
        while jobs.run_due():
            pass
        self.assertEqual([payload["to"] for payload in self.done], ["waits", "erin@example.com"])
        self.assertEqual(self.keeper.post(url).json()["code"], "failed_job_not_found")
        self.assertEqual(self.keeper.get("/failed-jobs/").json()["results"], [])

    def test_without_a_word_of_the_service_it_is_nobody_s(self) -> None:
        superuser = api_client(roles=["shop:keeper"], superuser=True)
        self.assertEqual(superuser.get("/unsaid/").status_code, 403)
        self.assertEqual(superuser.post(f"/unsaid/{self.job.pk}/retry/").status_code, 403)
        self.assertEqual(api_client().get("/failed-jobs/").status_code, 403)

    def test_the_list_costs_the_same_however_many_there_are(self) -> None:
        counts = []
        for rows in (1, 20):
            while Job.objects.filter(state="failed").count() < rows:
                self.failed()
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(len(self.keeper.get("/failed-jobs/").json()["results"]), rows)
            counts.append(len(captured))
        self.assertEqual(counts[0], counts[1])

    def test_an_operator_lists_them_and_lets_one_kind_be_done_again(self) -> None:
        other = self.failed("count")
        out = StringIO()
        with self.assertRaises(SystemExit) as exit_:
            call_command("failed_jobs", stdout=out)
        self.assertEqual(exit_.exception.code, 1)
        self.assertIn(f"{other.pk}  12x  count", out.getvalue())
        self.assertIn("2 failed", out.getvalue())
        out = StringIO()
        call_command("failed_jobs", "--retry", "--kind", "count", stdout=out)
        self.assertIn("1 will be done again", out.getvalue())
        states = {job.pk: job.state for job in Job.objects.filter(pk__in=[self.job.pk, other.pk])}
        self.assertEqual(states, {self.job.pk: "failed", other.pk: "pending"})
        Job.objects.filter(state="failed").delete()
        out = StringIO()
        call_command("failed_jobs", stdout=out)
        self.assertIn("0 failed", out.getvalue())
