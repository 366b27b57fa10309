"""From one happening to its decisions, notices and messages; the number of queries does not depend on how many."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from eventbus import Retry
from jwtauth import people
from jwtauth.models import Person
from notifications.models import Channel, Decision, Notice
from notifications.rules import RULES, Happening, Rule, never
from notifications.services.decide import SKIPPED, Choice, Wishes, choose, roles_of, verdict
from notifications.services.delivery import BATCH, Letter, deliveries_create
from notifications.services.endpoint import endpoints_tell
from notifications.services.inbox import notices_number
from notifications.services.template import Rendered, template_render, template_words


@dataclass(frozen=True)
class Plan:
    """What one person gets of one event: a choice for each channel, none where they may not be told at all."""

    person: Person
    verdict: Decision.Verdict
    choices: Mapping[Channel, Choice]

    def on(self, channel: Channel) -> bool:
        """Whether this channel is used."""
        return channel in self.choices and self.choices[channel].outcome != SKIPPED


@dataclass(frozen=True)
class Message:
    """A plan with its words: `title` for inbox and digest, `email` and `notice` where they are on."""

    plan: Plan
    title: Rendered
    email: Rendered | None
    notice: Notice | None


def notify(happening: Happening) -> list[Notice]:
    """Tell everybody whom the rule of this event names; answer the new notices.

    Runs in the transaction of the event. Raises eventbus.Retry while nobody, or not everybody, whom it names is known
    here: the event waits, and is seen among the dead letters if they never come.
    """
    rule = RULES[happening.type]
    plans = _plans(happening, rule)
    Decision.objects.bulk_create([_decision(happening, rule, plan) for plan in plans], batch_size=BATCH)
    words = {"ticket_number": happening.ticket.number, "ticket_subject": happening.ticket.subject, **happening.words}
    told = [plan for plan in plans if plan.verdict == Decision.Verdict.TOLD]
    messages = _messages(happening, rule, told, words)
    notices = [message.notice for message in messages if message.notice]
    notices_number(notices=notices)
    Notice.objects.bulk_create(notices, batch_size=BATCH)
    deliveries_create(event_id=happening.event_id, kind=rule.key, ticket=happening.ticket, letters=_letters(messages))
    endpoints_tell(happening=happening, rule=rule, words=words)
    return notices


def _letters(messages: list[Message]) -> list[Letter]:
    return [
        Letter(
            user_id=message.plan.person.pk,
            to_address=message.plan.person.email,
            words=message.email,
            title=message.title.subject,
            body=message.title.text,
            notice=message.notice,
            choice=message.plan.choices[Channel.EMAIL],
        )
        for message in messages
        if message.email
    ]


def _plans(happening: Happening, rule: Rule) -> list[Plan]:
    """Decide for everybody whom the rule names, without those who were decided on before."""
    wanted = rule.to(happening)
    known = people.by_ids(wanted)
    missing = wanted - known.keys()
    if missing:
        raise Retry(f"not known here yet: {', '.join(sorted(map(str, missing)))}")
    decided = set(Decision.objects.filter(event_id=happening.event_id).values_list("user_id", flat=True))
    persons = [person for user_id, person in sorted(known.items()) if user_id not in decided]
    roles = roles_of(persons)
    verdicts = {person.pk: verdict(person, roles[person.pk], happening.ticket, rule) for person in persons}
    told = [person for person in persons if verdicts[person.pk] == Decision.Verdict.TOLD]
    wishes = Wishes.of(persons=told, kind=rule.key)
    applies = {channel: condition(happening) for channel, condition in rule.channels.items()}
    now = timezone.now()
    plans = []
    for person in persons:
        choices = {}
        if verdicts[person.pk] == Decision.Verdict.TOLD:
            choices = {
                channel: choose(person=person, rule=rule, channel=channel, applies=on, wishes=wishes, now=now)
                for channel, on in applies.items()
            }
        plans.append(Plan(person, verdicts[person.pk], choices))
    return plans


def _decision(happening: Happening, rule: Rule, plan: Plan) -> Decision:
    return Decision(
        event_id=happening.event_id,
        user_id=plan.person.pk,
        event_type=happening.type,
        kind=rule.key,
        staff_only=rule.staff_only,
        ticket_id=happening.ticket.pk,
        verdict=plan.verdict,
        channels=[choice.as_row() for choice in plan.choices.values()],
    )


def _messages(happening: Happening, rule: Rule, plans: list[Plan], words: Mapping[str, str]) -> list[Message]:
    """Fill in the words for each person."""
    inbox = template_words(key=rule.key, channel=Channel.INBOX)
    mail = template_words(key=rule.key, channel=Channel.EMAIL) if rule.email is not never else None
    messages = []
    for plan in plans:
        values = {**words, "recipient_name": plan.person.name}
        title = template_render(words=inbox, values=values)
        notice = None
        if plan.on(Channel.INBOX):
            notice = Notice(
                user_id=plan.person.pk,
                event_id=happening.event_id,
                kind=rule.key,
                staff_only=rule.staff_only,
                ticket_id=happening.ticket.pk,
                ticket_number=happening.ticket.number,
                title=title.subject,
                body=title.text,
            )
        email = template_render(words=mail, values=values) if mail and plan.on(Channel.EMAIL) else None
        messages.append(Message(plan, title, email, notice))
    return messages
