"""What admins do with the words: change them, look at them filled in, and send themselves one."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.template import NodeList, TemplateSyntaxError
from django.template.defaulttags import ForNode

from jwtauth.principal import Principal
from notifications.channels import email
from notifications.default_templates import DEFAULTS, Words
from notifications.errors import TemplateInvalid, TemplateNotFound
from notifications.models import Channel, Delivery, Template
from notifications.services.delivery import deliveries_enqueue
from notifications.services.template import (
    Rendered,
    template_compile,
    template_render,
    template_replace,
    template_words,
)
from servicekit.ids import uuid7

NUMBER = "TTS-2026-000001"
SAMPLE: dict[str, object] = {
    "recipient_name": "Erin Employee",
    "ticket_number": NUMBER,
    "ticket_subject": "Laptop does not start",
    "status": "Resolved",
    "previous_status": "In Progress",
    "resolution": "Battery replaced.",
    "step": "Triage",
    "author_name": "Alan Agent",
    "comment": "Any news?\nRegards, <Alan>",
    "reason": "no workflow matches",
    "clock": "resolution",
    "due_at": "2026-11-21 17:00 UTC",
    "count": 2,
    "items": [{"title": "Alan Agent replied", "body": "Any news?"}, {"title": "It is now Open", "body": "was New"}],
}


def template_find(*, key: str, channel: str) -> Template:
    """Return the template, saved or (version 0) made of the default words. Raises TemplateNotFound."""
    if (key, channel) not in DEFAULTS:
        raise TemplateNotFound
    return Template.objects.filter(key=key, channel=channel).first() or _default(key, Channel(channel))


def templates_all() -> list[Template]:
    """Return every template, saved or made of the default words, by kind and channel."""
    rows = {(row.key, row.channel): row for row in Template.objects.all()}
    return [rows.get((key, channel)) or _default(key, channel) for key, channel in sorted(DEFAULTS)]


def _default(key: str, channel: Channel) -> Template:
    words = DEFAULTS[key, channel]
    return Template(key=key, channel=channel, subject=words.subject, text=words.text, html=words.html, version=0)


@transaction.atomic
def template_change(
    *, principal: Principal, key: str, channel: str, words: Words, match: Callable[[int], None]
) -> Template:
    """Give the template other words. `match` is called with the version on the locked row, and raises if it is stale.

    Raises TemplateNotFound and TemplateInvalid.
    """
    row = template_find(key=key, channel=channel)
    if row.pk:
        row = Template.objects.select_for_update().get(pk=row.pk)
    match(row.version)
    template_check(words=words)
    if row.pk:
        return template_replace(row=row, words=words, by=principal.id)
    row.subject, row.text, row.html, row.version = words.subject, words.text, words.html, 1
    row.save()
    return row


def template_check(*, words: Words) -> None:
    """Raise TemplateInvalid unless all three parts can be filled in, in a time that does not explode."""
    wrong = [name for name in ("subject", "text", "html") if not _is_sound(getattr(words, name))]
    if wrong:
        raise TemplateInvalid(
            errors=[{"field": name, "code": "invalid_template", "detail": TemplateInvalid.title} for name in wrong]
        )


def template_preview(*, key: str, channel: str, words: Words) -> Rendered:
    """Return the words filled in with an example. Raises TemplateNotFound and TemplateInvalid."""
    template_find(key=key, channel=channel)
    template_check(words=words)
    return template_render(words=words, values=SAMPLE)


@transaction.atomic
def template_test(*, principal: Principal, key: str) -> Delivery:
    """Send the principal one e-mail with an example in the words as they are. Raises TemplateNotFound."""
    template_find(key=key, channel=Channel.EMAIL)
    rendered = template_render(words=template_words(key=key, channel=Channel.EMAIL), values=SAMPLE)
    delivery_id = uuid7()
    delivery = Delivery.objects.create(
        id=delivery_id,
        event_id=delivery_id,
        user_id=principal.id,
        kind=key,
        ticket_id=UUID(int=0),
        ticket_number=NUMBER,
        to_address=principal.email,
        subject=f"[Test] {rendered.subject}",
        text=rendered.text,
        html=rendered.html,
        message_id=email.message_id(delivery_id),
    )
    deliveries_enqueue([delivery])
    return delivery


def _is_sound(source: str) -> bool:
    try:
        compiled = template_compile(source)
    except TemplateSyntaxError:
        return False
    loops = [node.nodelist_loop for node in compiled.nodelist.get_nodes_by_type(ForNode) if isinstance(node, ForNode)]
    return not any(isinstance(inner, NodeList) and inner.get_nodes_by_type(ForNode) for inner in loops)
