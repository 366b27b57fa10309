"""E-mail through Django's backend: one message to one person, threaded per ticket."""

import smtplib
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email

from notifications.channels import DeliveryFailure, PermanentFailure, TemporaryFailure
from notifications.models import Delivery

# Replies about our own sign-in (RFC 4954, section 6): a wrong setting here, not a fault of the message.
AUTHENTICATION_REPLIES = frozenset({530, 534, 535, 538})


def message_id(delivery_id: UUID) -> str:
    """Return the Message-ID of a delivery; every attempt carries the same, so that a receiver can drop a repeat."""
    return f"<delivery-{delivery_id}@{settings.MAIL_DOMAIN}>"


def send(delivery: Delivery) -> str:
    """Hand the message to the mail server. Raises TemporaryFailure or PermanentFailure."""
    try:
        validate_email(delivery.to_address)
    except ValidationError:
        raise PermanentFailure("address_invalid") from None
    try:
        sent = _message(delivery).send()
    except smtplib.SMTPException as error:
        raise _smtp_failure(error) from error
    except OSError as error:  # refused, unreachable, timed out, TLS
        raise TemporaryFailure("mail_server_unreachable") from error
    if not sent:
        raise TemporaryFailure("not_accepted")
    return "accepted"


def _message(delivery: Delivery) -> EmailMultiAlternatives:
    # A mail client threads by References (RFC 5322, 3.6.4); the ticket itself is the root that no mail has.
    root = f"<ticket-{delivery.ticket_id}@{settings.MAIL_DOMAIN}>"
    message = EmailMultiAlternatives(
        subject=delivery.subject,
        body=delivery.text,
        to=[delivery.to_address],
        headers={
            "Message-ID": delivery.message_id,
            "In-Reply-To": root,
            "References": root,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no vacation replies, please
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(delivery.html, "text/html")
    return message


def _smtp_failure(error: smtplib.SMTPException) -> DeliveryFailure:
    """Tell what may pass from what will not: a 5xx reply about this message is final (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        reply = max(code for code, _ in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_code
    elif isinstance(error, smtplib.SMTPServerDisconnected):
        return TemporaryFailure("connection_lost")
    else:  # the server does not offer what our settings ask for, such as AUTH
        return TemporaryFailure("smtp_not_supported")
    greeting = isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError)
    if reply >= 500 and not greeting and reply not in AUTHENTICATION_REPLIES:
        return PermanentFailure(f"smtp_{reply}")
    return TemporaryFailure(f"smtp_{reply}")
