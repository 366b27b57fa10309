"""Erin reads her inbox."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import TestCase
from django.utils import timezone

from eventbus.testing import deliver
from notifications.models import Notice
from notifications.tests.cast import BOB, ERIN, NUMBER, TICKET, sign_in
from servicekit.ids import uuid7
from servicekit.testing import assert_problem

OTHER_TICKET = UUID("01938c5e-0000-7000-8000-000000000011")


def notice(user_id: UUID = ERIN, **fields: Any) -> Notice:
    """Put a notice into somebody's inbox."""
    values = {"kind": "ticket_received", "ticket_id": TICKET, "ticket_number": NUMBER, "title": "T", "body": "B"}
    return Notice.objects.create(user_id=user_id, event_id=uuid7(), **{**values, **fields})


class Inbox(TestCase):
    def setUp(self) -> None:
        self.erin = sign_in(ERIN)

    def titles(self, query: str = "") -> list[str]:
        return [row["title"] for row in self.erin.get(f"/api/v1/inbox/{query}").json()["results"]]

    def test_it_lists_her_own_notices_newest_first(self) -> None:
        notice(title="first")
        notice(title="second")
        notice(user_id=BOB, title="not hers")
        self.assertEqual(self.titles(), ["second", "first"])

    def test_a_notice_shows_what_happened_to_which_ticket(self) -> None:
        row = notice()
        (found,) = self.erin.get("/api/v1/inbox/").json()["results"]
        self.assertEqual(
            {key: value for key, value in found.items() if key != "created_at"},
            {
                "id": str(row.pk),
                "event_id": str(row.event_id),
                "kind": "ticket_received",
                "ticket_id": str(TICKET),
                "ticket_number": NUMBER,
                "title": "T",
                "body": "B",
                "read_at": None,
                "archived_at": None,
                "snoozed_until": None,
            },
        )
        self.assertRegex(found["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")

    def test_it_comes_in_pages(self) -> None:
        for number in range(5):
            notice(title=str(number))
        first = self.erin.get("/api/v1/inbox/?limit=3").json()
        rest = self.erin.get(f"/api/v1/inbox/?limit=3&cursor={first['next']}").json()
        self.assertEqual([row["title"] for row in first["results"] + rest["results"]], ["4", "3", "2", "1", "0"])
        self.assertIsNone(rest["next"])

    def test_it_filters_by_unread_and_by_ticket(self) -> None:
        read = notice(title="read")
        self.erin.post(f"/api/v1/inbox/{read.pk}/read/")
        notice(title="unread")
        notice(title="other", ticket_id=OTHER_TICKET, ticket_number="TTS-2026-000002")
        self.assertEqual(self.titles("?unread=true"), ["other", "unread"])
        self.assertEqual(self.titles(f"?ticket={TICKET}"), ["unread", "read"])
        self.assertEqual(self.titles("?ticket=TTS-2026-000002"), ["other"])
        self.assertEqual(self.titles(f"?ticket={NUMBER}&unread=true"), ["unread"])
        self.assertEqual(self.titles("?ticket=nothing"), [])

    def test_it_counts_what_is_unread(self) -> None:
        first, _ = notice(), notice()
        notice(user_id=BOB)
        self.assertEqual(self.erin.get("/api/v1/inbox/unread-count/").json(), {"unread": 2, "seq": 0})
        self.erin.post(f"/api/v1/inbox/{first.pk}/read/")
        self.assertEqual(self.erin.get("/api/v1/inbox/unread-count/").json(), {"unread": 1, "seq": 1})

    def test_reading_again_keeps_the_first_time(self) -> None:
        row = notice()
        first = self.erin.post(f"/api/v1/inbox/{row.pk}/read/").json()
        again = self.erin.post(f"/api/v1/inbox/{row.pk}/read/").json()
        self.assertIsNotNone(first["read_at"])
        self.assertEqual(again, first)

    def test_somebody_elses_notice_is_not_there(self) -> None:
        row = notice(user_id=BOB)
        assert_problem(self.erin.post(f"/api/v1/inbox/{row.pk}/read/"), 404, "notice_not_found")
        assert_problem(self.erin.post(f"/api/v1/inbox/{uuid7()}/read/"), 404, "notice_not_found")
        row.refresh_from_db()
        self.assertIsNone(row.read_at)

    def test_a_revoked_token_opens_nothing(self) -> None:
        deliver("user.revoked.v1", data={"id": ERIN, "token_version": 1}, change={"token_version": 1})
        assert_problem(self.erin.get("/api/v1/inbox/"), 401, "token_revoked")

    def test_reading_all_reads_her_own_only(self) -> None:
        notice(), notice()
        foreign = notice(user_id=BOB)
        self.assertEqual(self.erin.post("/api/v1/inbox/read/").json(), {"read": 2})
        self.assertEqual(self.erin.post("/api/v1/inbox/read/").json(), {"read": 0})
        foreign.refresh_from_db()
        self.assertIsNone(foreign.read_at)


class PutAway(TestCase):
    def setUp(self) -> None:
        self.erin = sign_in(ERIN)
        self.row = notice(title="it")

    def titles(self, query: str = "") -> list[str]:
        return [row["title"] for row in self.erin.get(f"/api/v1/inbox/{query}").json()["results"]]

    def unread(self) -> int:
        count: int = self.erin.get("/api/v1/inbox/unread-count/").json()["unread"]
        return count

    def path(self, action: str) -> str:
        return f"/api/v1/inbox/{self.row.pk}/{action}/"

    def snooze(self, minutes: int = 60) -> Any:
        return self.erin.put(self.path("snooze"), {"until": timezone.now() + timedelta(minutes=minutes)})

    def test_what_is_archived_is_read_and_out_of_sight(self) -> None:
        first = self.erin.post(self.path("archival")).json()
        self.assertIsNotNone(first["read_at"])
        self.assertEqual((self.titles(), self.titles("?folder=archived"), self.unread()), ([], ["it"], 0))
        self.assertEqual(self.erin.post(self.path("archival")).json(), first)

    def test_archiving_keeps_the_time_of_reading(self) -> None:
        read = self.erin.post(self.path("read")).json()["read_at"]
        self.assertEqual(self.erin.post(self.path("archival")).json()["read_at"], read)

    def test_it_can_be_put_back(self) -> None:
        self.erin.post(self.path("archival"))
        self.assertIsNone(self.erin.delete(self.path("archival")).json()["archived_at"])
        self.assertEqual(self.titles(), ["it"])

    def test_all_that_is_read_is_archived_at_once(self) -> None:
        notice(title="unread")
        self.erin.post(self.path("read"))
        foreign = notice(user_id=BOB, read_at=timezone.now())
        self.assertEqual(self.erin.post("/api/v1/inbox/archival/").json(), {"archived": 1})
        self.assertEqual((self.titles(), self.titles("?folder=all")), (["unread"], ["unread", "it"]))
        foreign.refresh_from_db()
        self.assertIsNone(foreign.archived_at)

    def test_what_is_snoozed_comes_back_unread_at_its_time(self) -> None:
        self.erin.post(self.path("read"))
        self.assertIsNone(self.snooze().json()["read_at"])
        self.assertEqual((self.titles(), self.titles("?folder=snoozed"), self.unread()), ([], ["it"], 0))
        Notice.objects.update(snoozed_until=timezone.now())
        self.assertEqual((self.titles(), self.titles("?folder=snoozed"), self.unread()), (["it"], [], 1))

    def test_reading_all_leaves_what_is_snoozed(self) -> None:
        self.snooze()
        self.assertEqual(self.erin.post("/api/v1/inbox/read/").json(), {"read": 0})

    def test_it_can_be_woken(self) -> None:
        self.snooze()
        self.assertIsNone(self.erin.delete(self.path("snooze")).json()["snoozed_until"])
        self.assertEqual(self.titles(), ["it"])

    def test_the_past_is_no_time_to_snooze_until(self) -> None:
        assert_problem(self.snooze(minutes=-1), 422, "snooze_in_the_past")
        assert_problem(self.erin.put(self.path("snooze"), {"until": "soon"}), 400, "validation_error")

    def test_somebody_elses_is_not_there(self) -> None:
        self.row = notice(user_id=BOB)
        for response in (self.erin.post(self.path("archival")), self.erin.delete(self.path("snooze")), self.snooze()):
            assert_problem(response, 404, "notice_not_found")
