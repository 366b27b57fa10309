"""What people choose: which kind of notice on which channel, gathered or at once, and when not at all."""

from datetime import time

from django.db import transaction

from jwtauth.principal import Principal
from notifications.channels import unsubscribing
from notifications.errors import ChannelFixed, KindNotFound, TokenInvalid
from notifications.models import Channel, Preference, QuietHours
from notifications.rules import BY_KEY
from notifications.selectors import kind_rules


@transaction.atomic
def preference_set(*, principal: Principal, kind: str, channel: str, is_on: bool, digest_minutes: int) -> Preference:
    """Keep the choice. Raises KindNotFound for what the principal is never told of, ChannelFixed for what must come."""
    rule = kind_rules(principal=principal).get(kind)
    if rule is None or channel not in rule.channels:
        raise KindNotFound
    if Channel(channel) in rule.fixed:
        raise ChannelFixed
    row, _ = Preference.objects.update_or_create(
        user_id=principal.id,
        kind=kind,
        channel=channel,
        defaults={"is_on": is_on, "digest_minutes": digest_minutes if channel != Channel.INBOX else 0},
    )
    return row


def quiet_hours_set(*, principal: Principal, start: time, end: time) -> QuietHours:
    """Keep the hours of the principal's own time zone in which nothing is sent."""
    row, _ = QuietHours.objects.update_or_create(user_id=principal.id, defaults={"start": start, "end": end})
    return row


def quiet_hours_clear(*, principal: Principal) -> None:
    """Have no quiet hours any more."""
    QuietHours.objects.filter(user_id=principal.id).delete()


def unsubscription(*, token: str) -> Preference:
    """Return what holds for the kind of e-mail that the token names, saved or not. Raises TokenInvalid."""
    found = unsubscribing.read(token)
    if found is None or found[1] not in BY_KEY:
        raise TokenInvalid
    user_id, kind = found
    if Channel.EMAIL in BY_KEY[kind].fixed:
        raise ChannelFixed
    row = Preference.objects.filter(user_id=user_id, kind=kind, channel=Channel.EMAIL).first()
    return row or Preference(user_id=user_id, kind=kind, channel=Channel.EMAIL)


@transaction.atomic
def unsubscribe(*, token: str) -> Preference:
    """Mute the kind of e-mail that the token names. Raises TokenInvalid, and ChannelFixed for what must come."""
    row = unsubscription(token=token)
    row, _ = Preference.objects.update_or_create(
        user_id=row.user_id, kind=row.kind, channel=row.channel, defaults={"is_on": False}
    )
    return row
