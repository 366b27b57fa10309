"""Many made-up tickets, for measurements, behave as real ones in lists, searches and access."""

from datetime import timedelta
from io import StringIO
from unittest import mock

from django.core.management import CommandError, call_command
from django.utils import timezone

from eventbus import testing as bus
from tickets.bulk_data import COMMON_WORD, DAYS
from tickets.models import AccessGrant, Category, HistoryEntry, NumberSeries, Ticket
from tickets.tests.cast import AGENT, EMPLOYEE, TICKETS, TicketTestCase


class BulkDataTest(TicketTestCase):
    def seed(self, **options: int) -> str:
        out = StringIO()
        call_command("seed_bulk", stdout=out, **{"count": 150, **options})
        return out.getvalue()

    def test_numbers_are_whole_series_per_year_and_a_real_ticket_takes_the_next(self):
        self.assertIn("150 tickets stored", self.seed())
        for series in NumberSeries.objects.all():
            numbers = sorted(Ticket.objects.filter(number__startswith=f"TTS-{series.year}").values_list("number"))
            self.assertEqual(numbers, [(f"TTS-{series.year}-{n:06d}",) for n in range(1, series.last + 1)])
        year = timezone.now().year
        last = NumberSeries.objects.filter(year=year).values_list("last", flat=True).first() or 0
        self.assertEqual(self.file().number, f"TTS-{year}-{last + 1:06d}")
        self.assertIn("301 in all", self.seed(seed=2))

    def test_ids_sort_by_the_time_of_creation_over_two_years(self):
        self.seed()
        times = list(Ticket.objects.order_by("id").values_list("created_at", flat=True))
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[-1] - times[0], timedelta(days=DAYS - 30))

    def test_each_has_access_and_a_history_that_ends_in_its_status(self):
        self.seed()
        for ticket in Ticket.objects.all():
            requester = AccessGrant.objects.get(ticket=ticket, reason="requester")
            self.assertEqual(requester.grantee, f"user:{ticket.requester_id}")
            last = HistoryEntry.objects.filter(ticket=ticket, field="status").latest("id")
            self.assertEqual(last.new, ticket.status)

    def test_known_people_get_their_share_and_see_no_others(self):
        for client, role in ((self.alice, EMPLOYEE), (self.gina, AGENT)):
            user = {"id": str(client.user_id), "roles": [role]}
            bus.deliver("user.changed.v1", data=user)
        self.seed()
        for client in (self.alice, self.gina, self.cora):
            shown = client.get(TICKETS, {"limit": 100}).json()["results"]
            self.assertTrue(shown)
        mine = Ticket.objects.filter(requester_id=self.alice.user_id).count()
        self.assertEqual(len(self.alice.get(TICKETS, {"limit": 100}).json()["results"]), mine)
        self.assertEqual(self.bob.get(TICKETS).json()["results"], [])
        self.assertTrue(self.cora.get(TICKETS, {"q": COMMON_WORD}).json()["results"])

    def test_no_event_tells_of_them(self):
        self.seed()
        self.assertEqual(bus.published("ticket.created.v1"), [])

    def test_it_is_refused_where_it_would_do_harm_or_cannot_work(self):
        with mock.patch.dict("os.environ", DJANGO_ENV="production"), self.assertRaisesMessage(CommandError, "refused"):
            self.seed()
        with self.assertRaisesMessage(CommandError, "--count is 1 or more"):
            self.seed(count=0)
        Category.objects.all().delete()
        with self.assertRaisesMessage(CommandError, "seed_categories"):
            self.seed()
