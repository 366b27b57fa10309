"""Whether, and when, a person hears of something on a channel: the rule, their preferences, their quiet hours."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jwtauth.models import Person, PersonRole
from notifications.models import Channel, Decision, Preference, QuietHours, Suppression, TicketProjection
from notifications.rules import SEE_ALL, Rule

NOW, HELD, SKIPPED = "now", "held", "skipped"


@dataclass(frozen=True)
class Choice:
    """What is done on one channel and what decided it; `until` where it waits, `digest` where it is gathered."""

    channel: Channel
    outcome: str
    because: str
    until: datetime | None = None
    digest: bool = False

    def as_row(self) -> dict[str, Any]:
        """The form in which a Decision keeps it."""
        until = self.until.isoformat() if self.until else None
        return {"channel": self.channel.value, "outcome": self.outcome, "because": self.because, "until": until}


@dataclass
class Wishes:
    """What the persons concerned chose for one kind of notice, and whose address is no good; three queries for all."""

    preferences: dict[tuple[UUID, str], Preference] = field(default_factory=dict)
    quiet: dict[UUID, QuietHours] = field(default_factory=dict)
    suppressed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *, persons: list[Person], kind: str) -> "Wishes":
        """Read them."""
        user_ids = [person.pk for person in persons]
        addresses = {person.email.lower() for person in persons}
        rows = Preference.objects.filter(user_id__in=user_ids, kind=kind)
        return cls(
            preferences={(row.user_id, row.channel): row for row in rows},
            quiet={row.user_id: row for row in QuietHours.objects.filter(user_id__in=user_ids)},
            suppressed=frozenset(Suppression.objects.filter(address__in=addresses).values_list("address", flat=True)),
        )


def roles_of(persons: Iterable[Person]) -> dict[UUID, set[str]]:
    """Return the roles of each, in one query."""
    roles: dict[UUID, set[str]] = {person.pk: set() for person in persons}
    for person_id, role in PersonRole.objects.filter(person_id__in=list(roles)).values_list("person_id", "role"):
        roles[person_id].add(role)
    return roles


def verdict(person: Person, roles: set[str], ticket: TicketProjection, rule: Rule) -> Decision.Verdict:
    """Say whether the person may be told at all."""
    if not person.is_active:
        return Decision.Verdict.INACTIVE
    if person.is_superuser:
        return Decision.Verdict.TOLD
    if rule.staff_only and not any(role.startswith("tts:") for role in roles):
        return Decision.Verdict.NOT_STAFF
    if not rule.must_see or roles & SEE_ALL:
        return Decision.Verdict.TOLD
    if str(person.pk) in ticket.access_user_ids or not roles.isdisjoint(ticket.access_roles):
        return Decision.Verdict.TOLD
    return Decision.Verdict.MAY_NOT_SEE


def choose(*, person: Person, rule: Rule, channel: Channel, applies: bool, wishes: Wishes, now: datetime) -> Choice:
    """Decide for one person and channel; `applies` is what the rule says of this event.

    What is fixed is neither muted nor gathered nor put off. The inbox makes no noise: quiet hours do not touch it.
    """
    wish = wishes.preferences.get((person.pk, channel))
    fixed = channel in rule.fixed
    if not applies:
        return Choice(channel, SKIPPED, "rule")
    if wish and not wish.is_on and not fixed:
        return Choice(channel, SKIPPED, "preference")
    if channel == Channel.EMAIL and person.email.lower() in wishes.suppressed:
        return Choice(channel, SKIPPED, "suppressed")
    if fixed:
        return Choice(channel, NOW, "fixed")
    if channel == Channel.INBOX:
        return Choice(channel, NOW, "preference" if wish else "rule")
    window = timedelta(minutes=wish.digest_minutes) if wish else timedelta()
    quiet = quiet_until(hours=wishes.quiet.get(person.pk), zone=person.time_zone, at=now + window)
    if window:
        return Choice(channel, HELD, "digest", until=quiet or now + window, digest=True)
    if quiet:
        return Choice(channel, HELD, "quiet_hours", until=quiet)
    return Choice(channel, NOW, "preference" if wish else "rule")


def quiet_until(*, hours: QuietHours | None, zone: str, at: datetime) -> datetime | None:
    """Return when the quiet hours end in which `at` falls, or None; hours are those of the time zone."""
    if hours is None or hours.start == hours.end:
        return None
    tz = zone_of(zone)
    local = at.astimezone(tz)
    clock = local.time()
    over_midnight = hours.start > hours.end
    inside = clock >= hours.start or clock < hours.end if over_midnight else hours.start <= clock < hours.end
    if not inside:
        return None
    days = 1 if over_midnight and clock >= hours.start else 0
    return _at(local.date() + timedelta(days=days), hours.end, tz)


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone; one that nobody knows counts as UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _at(day: date, clock: time, tz: ZoneInfo) -> datetime:
    # Through UTC: in the hour that a change of the clocks skips, the result is the same instant written properly.
    return datetime.combine(day, clock, tzinfo=tz).astimezone(UTC)
