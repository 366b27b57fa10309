"""Internal notes: written and read by staff, never by an Employee, by whatever way."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from comments.models import Comment
from comments.tests.cast import ALAN, COMMENTS, CORA, ERIN, NUMBER, TICKET, WANDA, know_ticket, read, sign_in, write
from eventbus.testing import published
from servicekit.testing import assert_problem

SECRET = "Third one this week; the warranty is void."


def file(content: bytes = b"for staff only") -> SimpleUploadedFile:
    """Make a text file to attach."""
    return SimpleUploadedFile("secret-note.txt", content)


class WriteNote(TestCase):
    def setUp(self) -> None:
        know_ticket()
        self.cora = sign_in(CORA)

    def test_staff_write_and_read_notes(self) -> None:
        self.assertEqual(write(self.cora, SECRET, "internal").status_code, 201)
        for reader in (CORA, ALAN):
            (found,) = read(sign_in(reader))["results"]
            self.assertEqual((found["body"], found["visibility"]), (SECRET, "internal"))
            self.assertTrue(found["author_is_staff"])

    def test_it_has_an_event_type_of_its_own(self) -> None:
        write(self.cora, SECRET, "internal")
        self.assertEqual([event["type"] for event in published()], ["comment.note_created.v1"])

    def test_an_employee_may_not_write_one(self) -> None:
        for employee in (ERIN, WANDA):
            response = write(sign_in(employee), SECRET, "internal")
            assert_problem(response, 403, "internal_notes_are_for_staff")
        self.assertFalse(Comment.objects.exists())
        self.assertEqual(published(), [])

    def test_an_agent_who_filed_the_ticket_themselves_is_its_requester_and_no_more(self) -> None:
        access = {"user_ids": [ALAN], "roles": ["tts:admin", "tts:ticket-coordinator"]}
        know_ticket(version=2, requester_id=ALAN, access=access)
        write(self.cora, SECRET, "internal")
        alan = sign_in(ALAN)
        self.assertEqual(read(alan)["results"], [])
        assert_problem(write(alan, SECRET, "internal"), 403, "internal_notes_are_for_staff")
        self.assertFalse(write(alan, "Any news?").json()["author_is_staff"])

    def test_an_assignee_who_is_named_on_the_ticket_is_staff(self) -> None:
        know_ticket(version=2, access={"user_ids": [ERIN, ALAN], "roles": ["tts:ticket-coordinator"]})
        write(self.cora, SECRET, "internal")
        self.assertEqual(len(read(sign_in(ALAN))["results"]), 1)

    def test_a_role_that_is_not_of_the_desk_sees_the_ticket_and_no_note(self) -> None:
        know_ticket(version=2, access={"user_ids": [ERIN], "roles": ["hdts:admin"]})
        write(self.cora, SECRET, "internal")
        write(self.cora, "Hello")
        outsider = sign_in(WANDA, roles=["hdts:admin"])
        self.assertEqual([found["body"] for found in read(outsider)["results"]], ["Hello"])


class ANoteNeverReachesAnEmployee(TestCase):
    """Walks every way out of messaging; notification-service's own test walks its inbox and its mail."""

    def setUp(self) -> None:
        know_ticket()
        cora = sign_in(CORA)
        write(sign_in(ERIN), "Broken.")
        self.note: dict[str, Any] = write(cora, SECRET, "internal", attachments=[file()]).json()
        write(cora, "We look into it.")
        write(cora, SECRET, "internal")
        self.employees = [sign_in(ERIN), sign_in(WANDA)]

    def assert_silent(self, response: Any) -> None:
        text = (b"".join(response) if response.streaming else response.content).decode() + str(response.headers)
        for leak in (SECRET, "secret-note", "for staff only", "internal", self.note["id"]):
            self.assertNotIn(leak, text)

    def test_by_the_list(self) -> None:
        for employee in self.employees:
            for ticket in (str(TICKET), NUMBER):
                response = employee.get(COMMENTS.replace(str(TICKET), ticket))
                self.assert_silent(response)
                self.assertEqual([found["seq"] for found in response.json()["results"]], [1, 3])

    def test_by_any_position_and_page_length(self) -> None:
        for employee in self.employees:
            for after in range(5):
                for limit in range(1, 5):
                    response = employee.get(f"{COMMENTS}?after={after}&limit={limit}")
                    self.assert_silent(response)
                    seen = [found["seq"] for found in response.json()["results"]]
                    self.assertEqual(seen, [seq for seq in (1, 3) if seq > after][:limit])

    def test_by_the_mark_of_a_further_page(self) -> None:
        page = read(self.employees[0], "?limit=2")
        self.assertIsNone(page["next"])

    def test_by_its_attachment(self) -> None:
        (attached,) = self.note["attachments"]
        path = f"{COMMENTS}{self.note['id']}/attachments/{attached['id']}/content/"
        self.assertEqual(sign_in(CORA).get(path).status_code, 200)
        for employee in self.employees:
            response = employee.get(path)
            assert_problem(response, 404, "attachment_not_found")
            self.assert_silent(response)

    def test_by_its_attachment_under_a_public_comment(self) -> None:
        (attached,) = self.note["attachments"]
        public = Comment.objects.get(seq=3)
        path = f"{COMMENTS}{public.pk}/attachments/{attached['id']}/content/"
        for reader in (*self.employees, sign_in(CORA)):
            assert_problem(reader.get(path), 404, "attachment_not_found")

    def test_by_the_stream_of_changes(self) -> None:
        path = f"{COMMENTS}{self.note['id']}/"
        cora = sign_in(CORA)
        cora.patch(path, {"body": f"{SECRET} Really."}, HTTP_IF_MATCH='"1"')
        cora.delete(f"{COMMENTS}{Comment.objects.get(seq=4).pk}/")
        for employee in self.employees:
            for after in range(8):
                response = employee.get(f"/api/v1/tickets/{TICKET}/stream/?after={after}")
                self.assert_silent(response)
                seen = [entry["seq"] for entry in response.json()["results"]]
                self.assertEqual(seen, [seq for seq in (1, 3) if seq > after])

    def test_by_itself_its_history_or_a_change_of_it(self) -> None:
        path = f"{COMMENTS}{self.note['id']}/"
        sign_in(CORA).patch(path, {"body": "Edited."}, HTTP_IF_MATCH='"1"')
        for employee in self.employees:
            for response in (
                employee.get(path),
                employee.get(f"{path}history/"),
                employee.patch(path, {"body": "mine"}, HTTP_IF_MATCH="*"),
                employee.delete(path),
            ):
                assert_problem(response, 404, "comment_not_found")
                self.assert_silent(response)

    def test_by_counts_or_reactions(self) -> None:
        write(sign_in(CORA), SECRET, "internal")
        sign_in(CORA).put(f"{COMMENTS}{self.note['id']}/reactions/eyes/")
        for employee in self.employees:
            response = employee.get(f"/api/v1/tickets/{TICKET}/read/")
            self.assert_silent(response)
            self.assertEqual(response.json()["unread"], 1 if employee.user_id == ERIN else 2)
            self.assertNotIn("eyes", str(employee.get(f"/api/v1/tickets/{TICKET}/stream/").json()))
            refused = employee.put(f"{COMMENTS}{self.note['id']}/reactions/eyes/")
            assert_problem(refused, 404, "comment_not_found")
            self.assert_silent(refused)

    def test_by_replying_to_it(self) -> None:
        for employee in self.employees:
            response = write(employee, "?", parent_id=self.note["id"])
            assert_problem(response, 422, "parent_not_found")
            self.assert_silent(response)

    def test_by_taking_its_client_id(self) -> None:
        for employee in self.employees:
            response = write(employee, "mine", client_id=self.note["client_id"])
            self.assertEqual(response.status_code, 201)
            self.assert_silent(response)

    def test_by_repeating_their_own_note_after_they_left_the_desk(self) -> None:
        demoted = sign_in(CORA, roles=["hdts:employee"])
        know_ticket(version=2, access={"user_ids": [ERIN, CORA], "roles": ["tts:ticket-coordinator"]})
        response = write(demoted, SECRET, "internal", client_id=self.note["client_id"])
        assert_problem(response, 403, "internal_notes_are_for_staff")

    def test_by_an_event_for_others(self) -> None:
        path = f"{COMMENTS}{self.note['id']}/"
        sign_in(CORA).patch(path, {"body": f"{SECRET} Really."}, HTTP_IF_MATCH='"1"')
        sign_in(CORA).delete(path)
        for event_type in ("comment.created.v1", "comment.updated.v1", "comment.deleted.v1"):
            self.assertNotIn(SECRET, str(published(event_type)))
            self.assertNotIn(self.note["id"], str(published(event_type)))
        self.assertEqual(len(published("comment.note_updated.v1") + published("comment.note_deleted.v1")), 2)
