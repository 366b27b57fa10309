"""At night nothing rings; in the morning it comes, unless it was read in the inbox."""

from datetime import UTC, datetime, time
from unittest.mock import patch

from django.core import mail
from django.test import SimpleTestCase, TestCase

from eventbus.testing import deliver, run_jobs
from notifications.models import Delivery, QuietHours
from notifications.services.decide import quiet_until
from notifications.services.release import deliveries_release
from notifications.tests.cast import ALAN, ERIN, kinds, know_ticket, meet, sign_in

NIGHT = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)  # 04:00 of the next day in Kolkata, 17:30 in New York
MORNING = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)  # 07:00 in Kolkata


def at(moment: datetime) -> object:
    """Let it be that moment."""
    return patch("django.utils.timezone.now", return_value=moment)


class Hours(SimpleTestCase):
    def until(self, start: str, end: str, zone: str, moment: datetime) -> datetime | None:
        hours = QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end))
        return quiet_until(hours=hours, zone=zone, at=moment)

    def test_they_are_those_of_the_persons_zone(self) -> None:
        self.assertEqual(self.until("22:00", "07:00", "Asia/Kolkata", NIGHT), MORNING)
        self.assertIsNone(self.until("22:00", "07:00", "America/New_York", NIGHT))

    def test_before_and_after_midnight(self) -> None:
        evening = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
        self.assertEqual(self.until("22:00", "07:00", "UTC", evening), datetime(2026, 11, 22, 7, tzinfo=UTC))
        early = datetime(2026, 11, 22, 6, 59, tzinfo=UTC)
        self.assertEqual(self.until("22:00", "07:00", "UTC", early), datetime(2026, 11, 22, 7, tzinfo=UTC))
        self.assertIsNone(self.until("22:00", "07:00", "UTC", datetime(2026, 11, 22, 7, tzinfo=UTC)))

    def test_within_one_day(self) -> None:
        noon = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
        self.assertEqual(self.until("12:00", "13:00", "UTC", noon), datetime(2026, 11, 21, 13, tzinfo=UTC))
        self.assertIsNone(self.until("14:00", "15:00", "UTC", noon))
        self.assertIsNone(self.until("12:30", "12:30", "UTC", noon))

    def test_when_the_clocks_change(self) -> None:
        # Berlin, 29 March 2026: 02:00 becomes 03:00, so 07:00 is 05:00 UTC and no longer 06:00.
        night = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
        self.assertEqual(self.until("22:00", "07:00", "Europe/Berlin", night), datetime(2026, 3, 29, 5, tzinfo=UTC))

    def test_a_zone_that_nobody_knows_counts_as_utc(self) -> None:
        night = datetime(2026, 11, 21, 23, tzinfo=UTC)
        for zone in ("", "Mars/Olympus", "../../etc/passwd"):
            with self.subTest(zone):
                self.assertEqual(self.until("22:00", "07:00", zone, night), datetime(2026, 11, 22, 7, tzinfo=UTC))


class QuietHoursOfErin(TestCase):
    def setUp(self) -> None:
        meet(ERIN, ALAN, time_zone="Asia/Kolkata")
        self.erin = sign_in(ERIN)
        self.assertEqual(self.erin.put("/api/v1/quiet-hours/", {"start": "22:00", "end": "07:00"}).status_code, 200)
        with at(NIGHT):
            deliver("ticket.created.v1")

    def release(self, moment: datetime) -> None:
        with at(moment):
            deliveries_release()
        run_jobs()

    def test_the_email_waits_for_the_morning_and_the_notice_does_not(self) -> None:
        self.release(NIGHT)
        self.assertEqual((kinds(ERIN), mail.outbox), (["ticket_received"], []))
        self.assertEqual(Delivery.objects.get().held_until, MORNING)
        self.release(MORNING)
        self.release(MORNING)
        self.assertEqual(len(mail.outbox), 1)

    def test_what_was_read_meanwhile_is_not_sent(self) -> None:
        self.erin.post("/api/v1/inbox/read/")
        self.release(MORNING)
        delivery = Delivery.objects.get()
        self.assertEqual((delivery.state, delivery.last_error, mail.outbox), ("cancelled", "read", []))

    def test_nor_to_who_was_deactivated_meanwhile(self) -> None:
        meet(ERIN, version=2, is_active=False)
        self.release(MORNING)
        self.assertEqual((Delivery.objects.get().last_error, mail.outbox), ("inactive", []))

    def test_it_goes_to_the_address_of_the_morning(self) -> None:
        meet(ERIN, version=2, email="new@example.com")
        self.release(MORNING)
        self.assertEqual(mail.outbox[0].to, ["new@example.com"])

    def test_the_hours_are_shown_and_can_be_given_up(self) -> None:
        shown = self.erin.get("/api/v1/preferences/").json()
        self.assertEqual(shown["quiet_hours"], {"start": "22:00:00", "end": "07:00:00"})
        self.assertEqual(shown["time_zone"], "Asia/Kolkata")
        self.assertEqual(self.erin.delete("/api/v1/quiet-hours/").status_code, 204)
        know_ticket(version=2, assignee=ALAN)
        with at(NIGHT):
            deliver("comment.created.v1", data={"author_id": ALAN})
        self.assertEqual(Delivery.objects.filter(state="pending").count(), 1)
