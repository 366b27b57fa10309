"""A coordinator brings tickets along from another system, and hears of every line that will not do."""

from typing import Any
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile

from eventbus import testing as bus
from eventbus.models import Job
from jwtauth.testing import SignedInClient
from servicekit.testing import assert_problem
from tickets.models import Ticket, TicketImport
from tickets.services import importing
from tickets.tests.cast import TICKETS, TicketTestCase

IMPORTS = "/api/v1/imports/"
HEADING = "subject,description,category\n"


class ImportingTest(TicketTestCase):
    def upload(self, content: str | bytes, client: SignedInClient | None = None, **fields: Any) -> Any:
        data = content.encode() if isinstance(content, str) else content
        file = SimpleUploadedFile("tickets.csv", data, content_type="text/csv")
        return (client or self.cora).post(IMPORTS, {"file": file, **fields}, format="multipart")

    def imported(self, content: str | bytes, **fields: Any) -> dict[str, Any]:
        """The import when the worker is done with it."""
        response = self.upload(content, **fields)
        self.assertEqual(response.status_code, 202, response.content)
        while bus.run_jobs():
            pass
        return self.state(response.json()["id"])

    def state(self, pk: str) -> dict[str, Any]:
        return self.cora.get(f"{IMPORTS}{pk}/").json()

    def refusals(self, pk: str) -> list[tuple[int, str, str]]:
        rows = self.cora.get(f"{IMPORTS}{pk}/refusals/").json()["results"]
        return [(row["line"], error["field"], error["code"]) for row in rows for error in row["errors"]]

    def test_every_row_becomes_a_ticket_like_any_other(self):
        bus.deliver("user.changed.v1", data={"id": str(self.alice.user_id), "email": "alice@example.com"})
        done = self.imported(
            "\ufeffSubject,description,category,sub_category,priority,tags,custom_fields,requester_email\r\n"
            '"No sound, at all","First line\r\nsecond line",it-support,hardware,High,vip sales,,ALICE@example.com\r\n'
            ",,,,,,,\r\n"
            'Laptop,For a week,asset-check-out,,,,"{""asset_name"": ""ThinkPad""}",\r\n'
        )
        self.assertEqual((done["state"], done["filed"], done["refused"], done["position"]), ("completed", 2, 0, 2))
        first, second = Ticket.objects.order_by("id")
        self.assertEqual((first.subject, first.description), ("No sound, at all", "First line\r\nsecond line"))
        self.assertEqual((first.priority, first.tags, first.sub_category), ("High", ["sales", "vip"], "hardware"))
        self.assertEqual(first.requester_id, self.alice.user_id)
        self.assertEqual((second.custom_fields, second.requester_id), ({"asset_name": "ThinkPad"}, self.cora.user_id))
        self.assertEqual(len(bus.published("ticket.created.v1")), 2)
        self.assertEqual(self.alice.get(self.url(first)).status_code, 200)

    def test_it_ends_when_its_importer_may_import_no_more(self):
        """The worker gets to it later, when they have lost the role or left."""
        for index, now in enumerate(
            ({"roles": ["tts:agent"]}, {"roles": ["tts:ticket-coordinator"], "is_active": False})
        ):
            with self.subTest(now=now):
                pk = self.upload(f"{HEADING}s{index},d,general\n").json()["id"]
                bus.deliver("user.changed.v1", data={"id": str(self.cora.user_id), **now}, version=index + 1)
                bus.run_jobs()
                done = self.state(pk)
                self.assertEqual((done["state"], done["filed"]), ("failed", 0))
        self.assertFalse(Ticket.objects.exists())

    def test_a_worker_that_comes_too_late_files_nothing(self):
        """Another one has come further, or the import was cancelled, while it opened the file."""
        real = importing.attachments.open_content
        for change in ({"position": 1}, {"state": "cancelled"}):
            with self.subTest(change=change):
                self.assertEqual(self.upload(f"{HEADING}{next(iter(change))},d,general\n").status_code, 202)

                def opened(row: TicketImport, change: dict[str, Any] = change) -> Any:
                    TicketImport.objects.filter(pk=row.pk).update(**change)
                    return real(row)

                with mock.patch.object(importing.attachments, "open_content", opened):
                    bus.run_jobs()
                self.assertFalse(Ticket.objects.exists())

    def test_a_row_that_will_not_do_is_told_by_line_and_the_others_are_filed(self):
        done = self.imported(
            "subject,description,category,requester_email,custom_fields,priority\n"
            "Good,Yes,general,,,\n"
            '"",Two\nlines,,,,\n'.replace("Two\nlines", '"Two\nlines"')
            + "Lost,x,no-such-category,,,\n"
            "Whose,x,general,nobody@example.com,,\n"
            "Odd,x,general,,{,\n"
            "Odd,x,general,,,Urgent\n"
            "Long,x,general,,,,,\n"
            "Asset,x,asset-check-in,,,\n"
            "Also good,Yes,general,,,\n"
        )
        self.assertEqual((done["state"], done["filed"], done["refused"]), ("completed", 2, 7))
        self.assertEqual(
            self.refusals(done["id"]),
            [
                (4, "subject", "required"),
                (4, "category", "required"),
                (5, "category", "category_unknown"),
                (6, "requester_email", "requester_unknown"),
                (7, "custom_fields", "invalid"),
                (8, "priority", "invalid_choice"),
                (9, "", "too_many_cells"),
                (10, "custom_fields.asset_name", "required"),
            ],
        )
        self.assertEqual(sorted(Ticket.objects.values_list("subject", flat=True)), ["Also good", "Good"])
        self.assertEqual(Ticket.objects.order_by("id").last().number[-6:], "000002")

    def test_what_was_exported_can_be_imported(self):
        self.file(subject="=SUM(1)", tags=["vip"])
        export = b"".join(self.cora.get(f"{TICKETS}export/").streaming_content)
        bus.deliver("user.changed.v1", data={"id": str(self.alice.user_id)})
        self.assertEqual(self.imported(export)["filed"], 1)
        self.assertEqual(list(Ticket.objects.values_list("subject", "tags")), [("=SUM(1)", ["vip"])] * 2)

    def test_a_dry_run_tries_every_row_and_files_none(self):
        content = f"{HEADING}Good,x,general\nBad,x,nowhere\n"
        done = self.imported(content, is_dry_run="true")
        self.assertEqual((done["filed"], done["refused"], Ticket.objects.count()), (1, 1, 0))
        self.assertEqual(bus.published(), [])
        self.assertEqual(self.imported(content)["filed"], 1)
        self.assertEqual(Ticket.objects.get().number[-6:], "000001")

    def test_an_import_goes_on_where_its_worker_was_killed(self):
        rows = "".join(f"Ticket {n},x,general\n" for n in range(50))
        response = self.upload(HEADING + rows)
        real, calls = importing._deal_with, []

        def killed_in_the_third_batch(*args: Any) -> bool:
            calls.append(args)
            if len(calls) == 3:
                raise SystemExit
            return real(*args)

        with mock.patch.object(importing, "_deal_with", killed_in_the_third_batch), self.assertRaises(SystemExit):
            bus.run_jobs()
        self.assertEqual(self.state(response.json()["id"])["position"], 40)
        Job.objects.update(next_attempt_at="2026-01-01T00:00:00Z")  # the dead worker's lease is over
        bus.run_jobs()
        self.assertEqual(self.state(response.json()["id"])["state"], "completed")
        subjects = list(Ticket.objects.order_by("id").values_list("subject", flat=True))
        self.assertEqual(subjects, [f"Ticket {n}" for n in range(50)])

    def test_a_large_file_is_dealt_with_by_several_jobs(self):
        rows = "".join(f"Ticket {n},x,general\n" for n in range(9))
        for per_job in (3, 4):  # that divide the rows, and do not
            with mock.patch.multiple(importing, BATCH=2, ROWS_PER_JOB=per_job):
                done = self.imported(f"{HEADING}{rows}Batch {per_job},x,general\n"[: -(per_job == 3) or None])
            self.assertEqual((done["state"], done["filed"]), ("completed", 10))
        self.assertEqual(Job.objects.filter(kind=importing.JOB).count(), 4 + 3)

    def test_a_second_worker_with_the_same_job_files_nothing_twice(self):
        pk = self.upload(f"{HEADING}One,x,general\n").json()["id"]
        stale = TicketImport.objects.get(pk=pk)
        bus.run_jobs()
        with mock.patch.object(importing, "import_get", side_effect=[stale, TicketImport.objects.get(pk=pk)] * 2):
            importing.import_work(import_id=stale.pk)
        self.assertEqual(Ticket.objects.count(), 1)

    def test_the_same_file_is_imported_once(self):
        content = f"{HEADING}One,x,general\n"
        first = self.imported(content)
        body = assert_problem(self.upload(content, self.adam), 409, "import_repeated")
        self.assertEqual(body["import_id"], first["id"])
        self.assertEqual(Ticket.objects.count(), 1)

    def test_a_heading_that_will_not_do_is_refused_at_once(self):
        for content, detail in {
            "subject,description\nx,y\n": "columns missing: 'category'",
            "subject,description,category,colour\n": "columns unknown: 'colour'",
            "subject,subject,description,category\n": "columns more than once: 'subject'",
            '"subject': "a quoted cell does not end",
            b"\xff\xfesubject": "this is no UTF-8",
        }.items():
            with self.subTest(content=content):
                body = assert_problem(self.upload(content), 400, "import_not_readable")
                self.assertIn(detail, body["detail"])
        self.assertEqual(TicketImport.objects.count(), 0)

    def test_a_file_that_cannot_be_read_on_says_where_and_keeps_what_was_filed(self):
        for broken, why in {b'"no end': "a quoted cell does not end", b"\xff,x,general\n": "this is no UTF-8"}.items():
            with self.subTest(why):
                rows = b"".join(b"%d,x,general\n" % n for n in range(20 + len(why)))
                done = self.imported(HEADING.encode() + rows + b"x" * 9000 + b",x,general\n" + broken)
                self.assertEqual(done["state"], "failed")
                self.assertIn(why, done["failure"])
                self.assertEqual(Ticket.objects.filter(subject__regex="^[0-9]+$").count(), done["filed"])
                Ticket.objects.all().update(subject="before")

    def test_a_cancelled_import_stops_and_its_tickets_stay(self):
        rows = "".join(f"Ticket {n},x,general\n" for n in range(4))
        with mock.patch.multiple(importing, BATCH=2, ROWS_PER_JOB=2):
            pk = self.upload(HEADING + rows).json()["id"]
            bus.run_jobs()
            self.assertEqual(self.state(pk)["state"], "running")
            response = self.adam.post(f"{IMPORTS}{pk}/cancellation/")
            self.assertEqual((response.status_code, response.json()["state"]), (200, "cancelled"))
            bus.run_jobs()
        self.assertEqual((self.state(pk)["filed"], Ticket.objects.count()), (2, 2))
        assert_problem(self.adam.post(f"{IMPORTS}{pk}/cancellation/"), 409, "import_ended")
        # By intention it may begin anew.
        self.assertEqual(self.imported(HEADING + rows)["filed"], 4)

    def test_a_retried_upload_is_one_import(self):
        key = {"Idempotency-Key": "import-1"}
        answers = []
        for _ in range(2):
            file = SimpleUploadedFile("t.csv", f"{HEADING}One,x,general\n".encode())
            answers.append(self.cora.post(IMPORTS, {"file": file}, format="multipart", headers=key))
        self.assertEqual([answer.status_code for answer in answers], [202, 202])
        self.assertEqual(answers[0].json(), answers[1].json())
