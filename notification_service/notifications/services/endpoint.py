"""The desk's own webhooks and rooms, and what they are sent."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from notifications.channels import chat, email, webhook
from notifications.errors import EndpointNotFound
from notifications.models import Channel, Delivery, Endpoint
from notifications.rules import Happening, Rule
from notifications.services.delivery import deliveries_enqueue
from notifications.services.template import template_render, template_words
from servicekit.ids import uuid7


def endpoint_create(**fields: Any) -> Endpoint:
    """Make one, with a secret of its own."""
    return Endpoint.objects.create(secret=webhook.new_secret(), **fields)


@transaction.atomic
def endpoint_change(*, endpoint_id: UUID, **fields: Any) -> Endpoint:
    """Change what is given. Raises EndpointNotFound."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointNotFound
    for name, value in fields.items():
        setattr(endpoint, name, value)
    endpoint.save(update_fields=list(fields))
    return endpoint


def endpoint_delete(*, endpoint_id: UUID) -> None:
    """Delete it with its delivery log. Raises EndpointNotFound."""
    if not Endpoint.objects.filter(pk=endpoint_id).delete()[0]:
        raise EndpointNotFound


def endpoints_tell(*, happening: Happening, rule: Rule, words: Mapping[str, str]) -> None:
    """Write down, in the event's transaction, what each endpoint that wants this kind is to get."""
    wanting = [row for row in Endpoint.objects.filter(is_active=True) if rule.key in row.kinds]
    if not wanting:
        return
    told = set(
        Delivery.objects.filter(event_id=happening.event_id, endpoint__in=wanting).values_list("endpoint", flat=True)
    )
    deliveries = [_delivery(row, happening, rule, words) for row in wanting if row.pk not in told]
    Delivery.objects.bulk_create(deliveries)
    deliveries_enqueue(deliveries)


def _delivery(endpoint: Endpoint, happening: Happening, rule: Rule, words: Mapping[str, str]) -> Delivery:
    delivery_id = uuid7()
    if endpoint.channel == Channel.CHAT:
        title = template_render(words=template_words(key=rule.key, channel=Channel.INBOX), values=words)
        text = chat.text_of(title=title.subject, body=title.text)
    else:
        text = json.dumps(_payload(happening, rule, words), ensure_ascii=False)
    return Delivery(
        id=delivery_id,
        channel=endpoint.channel,
        endpoint=endpoint,
        event_id=happening.event_id,
        kind=rule.key,
        ticket_id=happening.ticket.pk,
        ticket_number=happening.ticket.number,
        to_address=endpoint.name,
        text=text,
        message_id=email.message_id(delivery_id),
    )


def _payload(happening: Happening, rule: Rule, words: Mapping[str, str]) -> dict[str, Any]:
    ticket = happening.ticket
    return {
        "type": rule.key,
        "event_id": str(happening.event_id),
        "event_type": happening.type,
        "ticket": {"id": str(ticket.pk), "number": ticket.number, "subject": ticket.subject},
        "data": {key: value for key, value in words.items() if not key.startswith("ticket_")},
    }
