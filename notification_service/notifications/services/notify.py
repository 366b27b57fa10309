"""From one happening to its notices and e-mails."""

from uuid import UUID

from eventbus import Retry
from jwtauth import people
from jwtauth.models import Person, PersonRole
from notifications.models import Channel, Notice, TicketProjection
from notifications.rules import RULES, SEE_ALL, Happening, Rule
from notifications.services.delivery import delivery_create
from notifications.services.template import template_render, template_words


def notify(happening: Happening) -> list[Notice]:
    """Tell everybody whom the rule of this event names; answer the new notices.

    Runs in the transaction of the event. Raises eventbus.Retry while nobody, or not everybody, whom it names is known
    here: the event waits, and is seen among the dead letters if they never come.
    """
    rule = RULES[happening.type]
    persons = _recipients(happening, rule)
    words = {"ticket_number": happening.ticket.number, "ticket_subject": happening.ticket.subject, **happening.words}
    inbox = template_words(key=rule.key, channel=Channel.INBOX)
    notices = []
    for person in persons:
        rendered = template_render(words=inbox, values={**words, "recipient_name": person.name})
        notices.append(
            Notice(
                user_id=person.pk,
                event_id=happening.event_id,
                kind=rule.key,
                staff_only=rule.staff_only,
                ticket_id=happening.ticket.pk,
                ticket_number=happening.ticket.number,
                title=rendered.subject,
                body=rendered.text,
            )
        )
    Notice.objects.bulk_create(notices)
    if rule.email(happening):
        template = template_words(key=rule.key, channel=Channel.EMAIL)
        for person, notice in zip(persons, notices, strict=True):
            rendered = template_render(words=template, values={**words, "recipient_name": person.name})
            delivery_create(notice=notice, to_address=person.email, words=rendered)
    return notices


def _recipients(happening: Happening, rule: Rule) -> list[Person]:
    """Return whom to tell: known, active, allowed to know, and not told of this event before."""
    wanted = rule.to(happening)
    known = people.by_ids(wanted)
    missing = wanted - known.keys()
    if missing:
        raise Retry(f"not known here yet: {', '.join(sorted(map(str, missing)))}")
    told = set(Notice.objects.filter(event_id=happening.event_id).values_list("user_id", flat=True))
    roles: dict[UUID, set[str]] = {user_id: set() for user_id in known}
    for person_id, role in PersonRole.objects.filter(person_id__in=known).values_list("person_id", "role"):
        roles[person_id].add(role)
    return [
        person
        for user_id, person in sorted(known.items())
        if user_id not in told and _may_know(person, roles[user_id], happening.ticket, rule)
    ]


def _may_know(person: Person, roles: set[str], ticket: TicketProjection, rule: Rule) -> bool:
    if not person.is_active:
        return False
    if person.is_superuser:
        return True
    if rule.staff_only and not any(role.startswith("tts:") for role in roles):
        return False
    if not rule.must_see or roles & SEE_ALL:
        return True
    return str(person.pk) in ticket.access_user_ids or not roles.isdisjoint(ticket.access_roles)
