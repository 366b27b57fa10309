"""notification_service under load: python ../bench/notifications.py, from inside notification_service/.

    fanout [N]        one event to N people (10,000): queries, seconds, CPU
    exactly-once [N]  N events (1,000), each delivered three times, out of order: N notices, and N e-mails at a real
                      mail server, none twice
    bad-server [N]    the same with a mail server that refuses and hangs up at random: each e-mail is there or listed as
                      failed, none more than twice, and every second one is counted

All run in a test database of DATABASE_URL (SQLite in memory without it), which is deleted at the end. The exit status
is 1 when a promise is broken.
"""

import os
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

os.environ["DJANGO_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path.cwd()))

import django

django.setup()

from django.db import connection  # noqa: E402 - what follows needs Django to be set up
from django.db.models import Sum  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from eventbus.models import Job  # noqa: E402
from eventbus.testing import deliver, run_jobs  # noqa: E402
from jwtauth.models import Person  # noqa: E402
from notifications.models import Decision, Delivery, Notice, Preference  # noqa: E402
from notifications.rules import RULES  # noqa: E402
from notifications.services.delivery import IDLE, deliveries_resume  # noqa: E402
from notifications.tests.cast import ERIN, know_ticket, meet  # noqa: E402
from notifications.tests.mail_server import (  # noqa: E402
    DROP_AFTER_DOT,
    DROP_BEFORE_DOT,
    DROP_IN_DATA,
    OK,
    MailServer,
)
from servicekit.ids import uuid7  # noqa: E402

MOST_QUERIES = 80
MOST_SECONDS = 60


def people(count: int) -> list[Person]:
    """Put so many people into the projection."""
    rows = [
        Person(id=uuid7(), username=f"p{n}", email=f"p{n}@example.com", name=f"P {n}", time_zone="UTC", version=1)
        for n in range(count)
    ]
    Person.objects.bulk_create(rows, batch_size=1000)
    return rows


def fanout(count: int) -> bool:
    """Tell everybody of one event; a tenth of them gathers, a tenth has muted the e-mail."""
    rows = people(count)
    kind = {"kind": "ticket_received", "channel": "email"}
    choices = [
        Preference(user_id=row.pk, is_on=number % 10 > 0, digest_minutes=number % 10 // 9, **kind)
        for number, row in enumerate(rows)
    ]
    Preference.objects.bulk_create(choices, batch_size=1000)
    everybody = {row.pk for row in rows}
    rule = replace(RULES["ticket.created.v1"], to=lambda happening: everybody, must_see=False)
    with patch.dict(RULES, {"ticket.created.v1": rule}), CaptureQueriesContext(connection) as captured:
        started, cpu = time.perf_counter(), time.process_time()
        deliver("ticket.created.v1")
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    told, mails = Notice.objects.count(), Delivery.objects.count()
    print(f"{count} recipients: {len(captured)} SQL, {seconds:.1f} s, {cpu:.1f} s CPU, {told} notices, {mails} e-mails")
    complete = told == Decision.objects.count() == count and mails == count - len(range(0, count, 10))
    return complete and len(captured) <= MOST_QUERIES and seconds <= MOST_SECONDS


def script(count: int, chance: random.Random) -> list[str]:
    """What the mail server answers to each message in turn: four fifths are taken."""
    faults = ["451 Later", "421 Closing", DROP_IN_DATA, DROP_BEFORE_DOT, DROP_AFTER_DOT]
    return [chance.choice(faults) if chance.random() < 0.2 else OK for _ in range(count)]


def make_due() -> None:
    """As if the time that jobs and messages wait for had passed."""
    past = timezone.now() - 2 * IDLE
    Job.objects.filter(state=Job.State.PENDING).update(next_attempt_at=past)
    Delivery.objects.filter(state=Delivery.State.PENDING, attempts__gt=0).update(attempted_at=past)
    deliveries_resume()


def exactly_once(count: int) -> bool:
    """Deliver each event three times, shuffled, with jobs running in between."""
    notices, copies, _ = told(count, MailServer())
    return notices == len(copies) == copies.total() == count


def bad_server(count: int) -> bool:
    """The same, while a fifth of all tries goes wrong."""
    server = MailServer(*script(count, random.Random(11)))
    notices, copies, failed = told(count, server)
    second, late = copies.total() - len(copies), server.taken_unanswered
    unknown = Delivery.objects.aggregate(sum=Sum("unknown_outcomes"))["sum"]
    print(f"lost after the final dot: {late}; second copies: {second}; counted as unknown: {unknown}; failed: {failed}")
    nothing_lost = notices == count and len(copies) + failed >= count
    return nothing_lost and max(copies.values()) <= 2 and second <= late <= unknown


def told(count: int, server: MailServer) -> tuple[int, Counter[str], int]:
    """Tell of so many events, three times each; answer notices, copies by Message-ID, and how many failed."""
    meet(ERIN)
    know_ticket()
    events = [uuid7() for _ in range(count)] * 3
    random.Random(7).shuffle(events)
    started = time.perf_counter()
    with server, override_settings(**server.settings):
        for number, event_id in enumerate(events):
            deliver("ticket.created.v1", event_id=event_id)
            if number % 500 == 0:
                run_jobs()
        while Delivery.objects.filter(state=Delivery.State.PENDING).exists():
            make_due()
            run_jobs()
    seconds = time.perf_counter() - started
    notices, failed = Notice.objects.count(), Delivery.objects.filter(state=Delivery.State.FAILED).count()
    copies = Counter(str(message["Message-ID"]) for message in server.received)
    tries = Delivery.objects.aggregate(sum=Sum("attempts"))["sum"]
    print(
        f"{len(events)} deliveries of {count} events: {notices} notices, {len(copies)} e-mails, {copies.total()} copies"
    )
    print(f"{tries} tries, {seconds:.1f} s")
    return notices, copies, failed


def main() -> int:
    """Run what the arguments name, all without any."""
    benches = {"fanout": (fanout, 10_000), "exactly-once": (exactly_once, 1_000), "bad-server": (bad_server, 1_000)}
    chosen = sys.argv[1:2] or list(benches)
    if unknown := set(chosen) - set(benches):
        print(f"unknown: {', '.join(unknown)}; one of: {', '.join(benches)}", file=sys.stderr)
        return 64
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    try:
        kept = True
        for name in chosen:
            bench, count = benches[name]
            databases = runner.setup_databases()
            try:
                kept &= bench(int(sys.argv[2]) if len(sys.argv) > 2 else count)
            finally:
                runner.teardown_databases(databases)
    finally:
        runner.teardown_test_environment()
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
