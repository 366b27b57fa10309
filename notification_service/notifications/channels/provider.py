"""E-mail by a provider's API, through django-anymail: what its errors mean, and what it reports afterwards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import requests
from anymail.exceptions import (  # type: ignore[import-untyped]
    AnymailError,
    AnymailRecipientsRefused,
    AnymailWebhookValidationFailure,
)
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason  # type: ignore[import-untyped]
from anymail.webhooks.brevo import BrevoTrackingWebhookView  # type: ignore[import-untyped]
from anymail.webhooks.mailgun import MailgunTrackingWebhookView  # type: ignore[import-untyped]
from anymail.webhooks.mailjet import MailjetTrackingWebhookView  # type: ignore[import-untyped]
from anymail.webhooks.mailtrap import MailtrapTrackingWebhookView  # type: ignore[import-untyped]
from anymail.webhooks.postmark import PostmarkTrackingWebhookView  # type: ignore[import-untyped]
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView  # type: ignore[import-untyped]
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView  # type: ignore[import-untyped]
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from notifications.channels import DeliveryFailure, OutcomeUnknown, PermanentFailure, TemporaryFailure
from notifications.errors import ProviderNotFound, ReportRefused, ReportUnreadable

# The name of a delivery's id in the metadata that a provider gives back.
DELIVERY = "delivery"
# About who is asking, or how often: a wrong setting here or a limit, not a fault of the message.
TRY_AGAIN = frozenset({401, 403, 408, 425, 429})
VIEWS: dict[str, Any] = {
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "mailtrap": MailtrapTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sendgrid": SendGridTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
_NO_MORE = {
    RejectReason.BOUNCED: "bounced",
    RejectReason.INVALID: "invalid",
    RejectReason.SPAM: "complained",
    RejectReason.UNSUBSCRIBED: "unsubscribed",
}
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.\d{1,3}(?![\d.])")  # RFC 3463; no IP address
_NO_SUCH_MAILBOX = re.compile(r"\b(550|551|553)\b")  # RFC 5321, 4.2.3


@dataclass(frozen=True)
class Report:
    """Why nothing more is to be sent to the recipient of a delivery."""

    delivery_id: UUID
    recipient: str
    because: str


def failure(error: AnymailError) -> DeliveryFailure:
    """Tell what may pass from what will not; nothing that the provider wrote is in the code."""
    if isinstance(error, AnymailRecipientsRefused):
        return PermanentFailure("provider_refused", bounced=True)
    status: int | None = getattr(error, "status_code", None)
    if status is None:
        return _connection_failure(error)
    if status >= 500 or status in TRY_AGAIN:
        return TemporaryFailure(f"provider_{status}")
    return PermanentFailure(f"provider_{status}")


def _connection_failure(error: AnymailError) -> DeliveryFailure:
    # ConnectionError holds both "could not connect" and "hung up before it answered"; only the first is harmless.
    asked = isinstance(error, requests.Timeout | requests.ConnectionError)
    if isinstance(error, requests.ConnectTimeout) or "NewConnectionError" in repr(error.__cause__):
        return TemporaryFailure("provider_unreachable")
    return OutcomeUnknown("outcome_unknown") if asked else TemporaryFailure("provider_misconfigured")


def reports(name: str, request: HttpRequest) -> list[Report]:
    """Read what a provider posts. Raises ProviderNotFound, ReportRefused and ReportUnreadable.

    Anymail checks the secret, and the signature of those providers that sign. Without a secret it would believe
    anybody; here nobody is believed then.
    """
    if name not in VIEWS or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise ProviderNotFound
    try:
        view = VIEWS[name]()
    except ImproperlyConfigured:  # the key with which this provider signs is not set
        raise ProviderNotFound from None
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except AnymailWebhookValidationFailure:
        raise ReportRefused from None
    except (ValueError, LookupError, TypeError, AttributeError, ImproperlyConfigured) as error:
        raise ReportUnreadable from error
    return list(_reports(events))


def _reports(events: list[AnymailTrackingEvent]) -> Iterator[Report]:
    for event in events:
        because = _because(event)
        try:
            delivery_id = UUID(str((event.metadata or {}).get(DELIVERY)))
        except (ValueError, AttributeError):  # about another's message
            continue
        if because and isinstance(event.recipient, str) and event.recipient.isprintable():
            yield Report(delivery_id, event.recipient, because)


def _because(event: AnymailTrackingEvent) -> str:
    """Return why no more is sent there; empty where that passes, as with a full mailbox, or is about the message."""
    if event.event_type == EventType.COMPLAINED:
        return "complained"
    if event.event_type == EventType.UNSUBSCRIBED:
        return "unsubscribed"
    if event.event_type not in (EventType.BOUNCED, EventType.REJECTED):
        return ""
    if event.event_type == EventType.BOUNCED:
        reason = event.reject_reason or RejectReason.BOUNCED
        return _NO_MORE.get(reason, "") if _is_about_the_address(event) else ""
    return _NO_MORE.get(event.reject_reason, "")


def _is_about_the_address(event: AnymailTrackingEvent) -> bool:
    """Whether the receiving server's words, or else the provider's own judgement, say that there is no such mailbox."""
    words = event.mta_response if isinstance(event.mta_response, str) else ""
    if found := _STATUS.search(words):
        return found[1] == "5" and int(found[2]) <= 1
    return event.reject_reason is not None or _NO_SUCH_MAILBOX.search(words) is not None
