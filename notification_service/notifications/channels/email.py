"""E-mail through Django's backend: one message to one person, threaded per ticket."""

import re
import smtplib
from uuid import UUID

from anymail.exceptions import AnymailError  # type: ignore[import-untyped]
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email

from notifications.channels import (
    DeliveryFailure,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
    provider,
    smtp,
    unsubscribing,
)
from notifications.models import Channel, Delivery
from notifications.rules import BY_KEY
from servicekit import reply_address

NO_SUCH_MAILBOX = frozenset({550, 551, 553})  # RFC 5321, 4.2.3
# Replies about our own sign-in (RFC 4954, section 6): a wrong setting here, not a fault of the message.
AUTHENTICATION_REPLIES = frozenset({530, 534, 535, 538})


def message_id(delivery_id: UUID, *, reply_token: str = "") -> str:
    """Return the Message-ID of a delivery; every attempt carries the same, so that a receiver can drop a repeat.

    It ends in the token, so that an answer to the message is known by its In-Reply-To as well.
    """
    token = f".{reply_token}" if reply_token else ""
    return f"<delivery-{delivery_id}{token}@{settings.MAIL_DOMAIN}>"


def reply_token(*, kind: str, ticket_id: UUID, user_id: UUID) -> str:
    """Return what lets this person reply to a notice of this kind; empty where nobody should.

    A reply is public: what is for staff only is not answered by one.
    """
    rule = BY_KEY.get(kind)
    possible = settings.MAIL_REPLY_SECRETS and settings.MAIL_DESK_ADDRESS
    if not possible or rule is None or rule.staff_only:
        return ""
    return reply_address.make_token(secret=settings.MAIL_REPLY_SECRETS[0], thread=ticket_id, person=user_id)


def send(delivery: Delivery) -> str:
    """Hand the message to the mail server. Raises TemporaryFailure or PermanentFailure."""
    try:
        validate_email(delivery.to_address)
    except ValidationError:
        raise PermanentFailure("address_invalid") from None
    try:
        sent = _message(delivery).send()
    except AnymailError as error:  # first: some are OSErrors too
        raise provider.failure(error) from error
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
            **_unsubscribe(delivery),
            **_reply_to(delivery),
            "Message-ID": delivery.message_id,
            "In-Reply-To": root,
            "References": root,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no vacation replies, please
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(delivery.html, "text/html")
    message.metadata = {provider.DELIVERY: str(delivery.pk)}  # type: ignore[attr-defined]  # Anymail's
    return message


def _unsubscribe(delivery: Delivery) -> dict[str, str]:
    """Return RFC 8058's headers: a mail client can mute this kind by one click; what is fixed cannot be muted."""
    rule = BY_KEY.get(delivery.kind)
    if not settings.NOTIFICATION_PUBLIC_URL or delivery.user_id is None or rule is None or Channel.EMAIL in rule.fixed:
        return {}
    token = unsubscribing.token(user_id=delivery.user_id, kind=delivery.kind)
    return {
        "List-Unsubscribe": f"<{settings.NOTIFICATION_PUBLIC_URL}/api/v1/unsubscribe/{token}/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _reply_to(delivery: Delivery) -> dict[str, str]:
    token = reply_address.token_in_message_id(delivery.message_id)
    if token is None or not settings.MAIL_DESK_ADDRESS:
        return {}
    return {"Reply-To": reply_address.with_token(settings.MAIL_DESK_ADDRESS, token)}


def _smtp_failure(error: smtplib.SMTPException) -> DeliveryFailure:
    """Tell what may pass from what will not: a 5xx reply about this message is final (RFC 5321, 4.2.1)."""
    bounced = False
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        reply, text = max(error.recipients.values())
        bounced = reply in NO_SUCH_MAILBOX and _is_about_the_address(text)
    elif isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_code
    elif isinstance(error, smtp.ReplyLost):
        return OutcomeUnknown("outcome_unknown")
    elif isinstance(error, smtplib.SMTPServerDisconnected):
        return TemporaryFailure("connection_lost")
    else:  # the server does not offer what our settings ask for, such as AUTH
        return TemporaryFailure("smtp_not_supported")
    greeting = isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError)
    if reply >= 500 and not greeting and reply not in AUTHENTICATION_REPLIES:
        return PermanentFailure(f"smtp_{reply}", bounced=bounced)
    return TemporaryFailure(f"smtp_{reply}")


def _is_about_the_address(text: bytes | str) -> bool:
    """Whether the enhanced code, if there is one, is 5.1.x (RFC 3463); a full mailbox or a policy is none of that."""
    found = re.match(r"5\.(\d{1,3})\.\d{1,3}\b", text if isinstance(text, str) else text.decode("ascii", "replace"))
    return found is None or found[1] == "1"
