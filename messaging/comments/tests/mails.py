"""Messages as they come in by e-mail, for the tests of it."""

from email.message import EmailMessage
from typing import Any
from uuid import UUID

from comments.tests.cast import TICKET
from servicekit.ids import uuid7
from servicekit.reply_address import make_token, with_token

SECRET = "reply-secret-of-the-tests-0123456789"
DESK = "helpdesk@example.com"


def address_of(user_id: UUID) -> str:
    """Where somebody of the cast gets their mail."""
    return f"{user_id.hex[-4:]}@example.com"


def token(user_id: UUID, ticket: UUID = TICKET, secret: str = SECRET) -> str:
    """What a notice to them about the ticket carries."""
    return make_token(secret=secret, thread=ticket, person=user_id)


def reply_to(user_id: UUID, ticket: UUID = TICKET) -> str:
    """The Reply-To of that notice."""
    return with_token(DESK, token(user_id, ticket))


def mail(
    sender: UUID | str,
    to: str = DESK,
    text: str | None = "It still beeps.",
    *,
    html: str | None = None,
    files: dict[str, bytes] | None = None,
    **headers: Any,
) -> bytes:
    """A message; header names with `_` for `-`, None leaves one out."""
    message = EmailMessage()
    given = {
        "From": f"Somebody <{address_of(sender) if isinstance(sender, UUID) else sender}>",
        "To": to,
        "Subject": "Printer",
        "Message-ID": f"<{uuid7()}@example.com>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in given.items():
        if value is not None:
            message[name] = value
    if text is not None:
        message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html") if text is not None else message.set_content(html, subtype="html")
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def bounce_of(message_id: str, recipient: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A delivery status notification as Postfix sends it."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: {DESK}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <{uuid7()}@mx.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Arrival-Date: Wed, 25 Nov 2026 09:00:00 +0000

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--B
Content-Type: text/rfc822-headers

From: {DESK}
Message-ID: {message_id}
Subject: [TTS-2026-000001] Any news?

--B--
""".encode()
