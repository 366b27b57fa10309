"""An employee files a ticket."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from eventbus import testing as bus
from jwtauth.testing import api_client
from servicekit.ids import uuid7
from servicekit.testing import assert_problem
from tickets.models import HistoryEntry, Ticket, TicketAttachment
from tickets.tests.cast import PNG, TICKETS, TicketTestCase, png

FIELDS = {"subject": "Laptop", "description": "Black screen.", "category": "it-support"}


class FilingTest(TicketTestCase):
    def test_ticket_is_new_numbered_and_of_its_requester(self):
        response = self.alice.post(TICKETS, FIELDS | {"priority": "High", "tags": ["vip", "laptop", "vip"]})
        self.assertEqual(response.status_code, 201)
        body = response.json()
        self.assertRegex(body["number"], r"^TTS-\d{4}-000001$")
        self.assertEqual(body["status"], "New")
        self.assertEqual(body["requester_id"], str(self.alice.user_id))
        self.assertEqual(body["requester_name"], "Alice")
        self.assertEqual(body["tags"], ["laptop", "vip"])
        self.assertEqual(body["allowed_statuses"], ["Withdrawn"])
        self.assertEqual(response["ETag"], '"1"')
        self.assertEqual(self.alice.get(f"{TICKETS}{body['id']}/").json(), body)

    def test_event_and_history_are_stored_with_it(self):
        ticket = self.file()
        (event,) = bus.published()
        self.assertEqual(event["type"], "ticket.created.v1")
        self.assertEqual(event["version"], 1)
        self.assertEqual(event["actor"], {"id": str(self.alice.user_id), "kind": "user", "name": "Alice"})
        self.assertEqual(event["data"]["number"], ticket.number)
        self.assertEqual(
            event["data"]["access"],
            {"user_ids": [str(self.alice.user_id)], "roles": ["tts:admin", "tts:ticket-coordinator"]},
        )
        (entry,) = HistoryEntry.objects.all()
        self.assertEqual((entry.field, entry.old, entry.new), ("status", None, "New"))

    def test_request_id_reaches_event_and_history(self):
        self.alice.post(TICKETS, FIELDS, headers={"X-Request-ID": "story-1"})
        self.assertEqual(bus.published()[0]["request_id"], "story-1")
        self.assertEqual(HistoryEntry.objects.get().request_id, "story-1")

    def test_files_are_attached_and_named_in_the_event(self):
        response = self.alice.post(TICKETS, FIELDS | {"attachments": [png("a.png"), png("b.png")]}, format="multipart")
        self.assertEqual(response.status_code, 201, response.content)
        names = [file["filename"] for file in response.json()["attachments"]]
        self.assertEqual(names, ["a.png", "b.png"])
        told = bus.published()[0]["data"]["attachments"]
        self.assertEqual(
            [(file["filename"], file["size"]) for file in told], [("a.png", len(PNG)), ("b.png", len(PNG))]
        )

    def test_refused_file_leaves_nothing_behind(self):
        html = SimpleUploadedFile("page.html", b"<!doctype html><script>alert(1)</script>", content_type="image/png")
        response = self.alice.post(TICKETS, FIELDS | {"attachments": [png(), html]}, format="multipart")
        self.assertEqual(response.status_code, 415, response.content)
        self.assertEqual((Ticket.objects.count(), TicketAttachment.objects.count(), bus.published()), (0, 0, []))
        self.assertTrue(self.file().number.endswith("-000001"))

    def test_department_is_the_requesters_own_unless_given(self):
        bus.deliver("user.changed.v1", data={"id": str(self.alice.user_id), "department": "Sales"})
        self.assertEqual(self.file().department, "Sales")
        self.assertEqual(self.file(department="Legal").department, "Legal")
        self.assertEqual(self.file(self.bob).department, "")

    def test_watchers_are_active_people(self):
        bus.deliver("user.changed.v1", data={"id": str(self.bob.user_id)})
        ticket = self.file(watcher_ids=[str(self.bob.user_id)])
        self.assertEqual(bus.published()[0]["data"]["watcher_ids"], [str(self.bob.user_id)])
        self.assertEqual(self.bob.get(self.url(ticket)).status_code, 200)
        stranger = str(uuid7())
        response = self.alice.post(TICKETS, FIELDS | {"watcher_ids": [stranger]})
        self.assertIn(stranger, assert_problem(response, 400, "watcher_unknown")["errors"][0]["detail"])

    def test_former_person_is_no_watcher(self):
        bus.deliver("user.changed.v1", data={"id": str(self.bob.user_id), "is_active": False})
        response = self.alice.post(TICKETS, FIELDS | {"watcher_ids": [str(self.bob.user_id)]})
        assert_problem(response, 400, "watcher_unknown")

    def test_unknown_category_or_sub_category_is_refused(self):
        for fields in (
            {"category": "catering"},
            {"sub_category": "pizza"},
            {"category": "general", "sub_category": "access"},
        ):
            with self.subTest(fields):
                body = assert_problem(self.alice.post(TICKETS, FIELDS | fields), 400, "category_unknown")
                self.assertIn(body["errors"][0]["field"], fields)

    def test_what_a_person_may_not_set_is_refused(self):
        for field, value in {
            "status": "Closed",
            "number": "TTS-2026-999999",
            "assignee_id": str(self.bob.user_id),
            "version": 7,
            "resolution": "Done.",
            "id": str(uuid7()),
            "created_at": "2020-01-01T00:00:00Z",
            "task_id": str(uuid7()),
            "access": {},
        }.items():
            with self.subTest(field):
                response = self.alice.post(TICKETS, FIELDS | {field: value})
                errors = assert_problem(response, 400, "validation_error")["errors"]
                self.assertEqual([(error["field"], error["code"]) for error in errors], [(field, "unknown_field")])
        self.assertEqual(Ticket.objects.count(), 0)

    def test_only_employees_and_staff_file(self):
        for role, status in {"tts:agent": 201, "tts:admin": 201, "hdts:admin": 403, "ams:admin": 403}.items():
            with self.subTest(role):
                self.assertEqual(api_client(roles=[role]).post(TICKETS, FIELDS).status_code, status)


class FilingForSomebodyTest(TicketTestCase):
    def setUp(self) -> None:
        super().setUp()
        bus.deliver("user.changed.v1", data={"id": str(self.alice.user_id), "name": "Alice", "department": "Sales"})

    def test_staff_files_for_a_requester_and_watches(self):
        response = self.gina.post(TICKETS, FIELDS | {"requester_id": str(self.alice.user_id)})
        self.assertEqual(response.status_code, 201, response.content)
        body = response.json()
        self.assertEqual((body["requester_id"], body["requester_name"]), (str(self.alice.user_id), "Alice"))
        self.assertEqual((body["department"], body["watcher_ids"]), ("Sales", [str(self.gina.user_id)]))
        self.assertEqual(bus.published()[0]["actor"]["name"], "Gina")
        self.assertEqual(HistoryEntry.objects.get().actor["name"], "Gina")
        for client in (self.alice, self.gina):
            self.assertEqual(client.get(f"{TICKETS}{body['number']}/").status_code, 200)
        self.assertEqual(self.alice.post(f"{TICKETS}{body['number']}/withdrawal/").status_code, 200)

    def test_employees_file_their_own_only(self):
        response = self.bob.post(TICKETS, FIELDS | {"requester_id": str(self.alice.user_id)})
        assert_problem(response, 403, "action_not_permitted")
        response = self.bob.post(TICKETS, FIELDS | {"requester_id": str(self.bob.user_id)})
        self.assertEqual((response.status_code, response.json()["watcher_ids"]), (201, []))

    def test_requester_is_an_active_person(self):
        bus.deliver("user.changed.v1", data={"id": str(self.bob.user_id), "is_active": False})
        for pk in (self.bob.user_id, uuid7()):
            response = self.gina.post(TICKETS, FIELDS | {"requester_id": str(pk)})
            assert_problem(response, 400, "requester_unknown")
        self.assertEqual(Ticket.objects.count(), 0)


class RetryTest(TicketTestCase):
    def test_same_key_and_body_is_one_ticket_and_one_answer(self):
        key = {"Idempotency-Key": "k-1"}
        first = self.alice.post(TICKETS, FIELDS, headers=key)
        again = self.alice.post(TICKETS, FIELDS, headers=key)
        self.assertEqual((first.status_code, again.status_code), (201, 201))
        self.assertEqual(first.json(), json.loads(again.content))
        self.assertEqual(again["Idempotency-Replayed"], "true")
        self.assertEqual(again["ETag"], first["ETag"])
        self.assertEqual((Ticket.objects.count(), len(bus.published())), (1, 1))

    def test_same_key_and_files_is_one_ticket(self):
        for _ in range(2):
            response = self.alice.post(
                TICKETS, FIELDS | {"attachments": [png()]}, format="multipart", headers={"Idempotency-Key": "k-1"}
            )
            self.assertEqual(response.status_code, 201)
        self.assertEqual((Ticket.objects.count(), TicketAttachment.objects.count()), (1, 1))

    def test_same_key_with_another_body_is_refused(self):
        self.alice.post(TICKETS, FIELDS, headers={"Idempotency-Key": "k-1"})
        response = self.alice.post(TICKETS, FIELDS | {"subject": "Other"}, headers={"Idempotency-Key": "k-1"})
        assert_problem(response, 422, "idempotency_key_reused")

    def test_anothers_key_is_another_key(self):
        for client in (self.alice, self.bob):
            self.assertEqual(client.post(TICKETS, FIELDS, headers={"Idempotency-Key": "k-1"}).status_code, 201)
        self.assertEqual(Ticket.objects.count(), 2)

    def test_refused_filing_does_not_use_up_the_key(self):
        key = {"Idempotency-Key": "k-1"}
        self.assertEqual(self.alice.post(TICKETS, {}, headers=key).status_code, 400)
        self.assertEqual(self.alice.post(TICKETS, FIELDS, headers=key).status_code, 201)
