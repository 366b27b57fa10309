"""What becomes of a message that came in by e-mail."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from email.message import Message
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

import attachments
from comments.access import may_see, principal_of_person
from comments.errors import TooManyFiles
from comments.events import publish_bounce
from comments.mail import letters
from comments.mail.authentication import is_genuine
from comments.mail.automatic import why_automatic
from comments.mail.bounces import Bounce, bounces
from comments.mail.conf import MailIn
from comments.mail.letters import Letter, LetterFile, Unreadable
from comments.mail.quoting import newest_part
from comments.models import Conversation, InboundFile, InboundMail, Visibility
from comments.services.comment import Draft, comment_create
from jsonlog import context
from jwtauth.models import Person
from servicekit.problems import Problem
from servicekit.reply_address import read_token, token_in_address, token_in_message_id

logger = logging.getLogger(__name__)

Outcome = InboundMail.Outcome
MAX_BYTES = 40 * 1024 * 1024
MAX_BODY_CHARACTERS = 10_000  # of a comment, and of a ticket's description
MAX_FILES = 10
# More than a person writes in an hour; two machines that answer each other do.
MAX_PER_HOUR = 30


def mail_receive(*, raw: bytes) -> InboundMail | None:
    """Take a message in: its row and its effect are one transaction. None of one that was taken in before.

    Nothing about the bytes raises; what does is the database's or the file store's, and then nothing has happened.
    """
    row = InboundMail(fingerprint=letters.fingerprint(raw), outcome=Outcome.REFUSED, reason="unreadable")
    try:
        message = letters.parse(raw)
        reports = bounces(message)
        letter = letters.letter(message, raw)
    except (Unreadable, RecursionError):  # the standard library follows nested comments and parts by recursion
        return _take(row, None, None, [])
    row = InboundMail(
        fingerprint=letter.fingerprint,
        message_id=letter.message_id,
        sender=letter.sender,
        sender_name=letter.sender_name,
        subject=letter.subject,
        outcome=Outcome.BOUNCE if reports else Outcome.REFUSED,
    )
    return _take(row, letter, message, reports)


def mail_refuse_unread(*, identity: str, reason: str) -> InboundMail | None:
    """Note a message that is not even read, such as one that is too large; `identity` names it in its mailbox."""
    row = InboundMail(fingerprint=letters.fingerprint(identity.encode()), outcome=Outcome.REFUSED, reason=reason)
    return _take(row, None, None, [])


def _take(
    row: InboundMail, letter: Letter | None, message: Message | None, reports: list[Bounce]
) -> InboundMail | None:
    row.received_at = timezone.now()
    with context.bind(request_id=context.new_request_id(), user_id=None, actor=None), transaction.atomic():
        # A copy that another process takes in right now is waited for, and then there is nothing to insert.
        InboundMail.objects.bulk_create([row], ignore_conflicts=True)
        if not InboundMail.objects.filter(pk=row.pk).exists():
            return None
        for report in reports:
            publish_bounce(report, received_at=row.received_at)
        if letter is not None and message is not None and not reports:
            _decide(row, letter, message)
        row.save()
        logger.info("mail taken in", extra={"outcome": row.outcome, "reason": row.reason, "mail_id": str(row.pk)})
    return row


def _decide(row: InboundMail, letter: Letter, message: Message) -> None:
    config: MailIn = settings.MAIL_IN
    automatic = why_automatic(message, desk=config.desk)
    if automatic:
        row.outcome, row.reason = Outcome.IGNORED, automatic
        return
    if config.authserv_id and not is_genuine(message, sender=letter.sender, server=config.authserv_id):
        row.reason = "sender_unverified"
        return
    if _is_flood(row):
        row.reason = "too_many"
        return
    known = list(Person.objects.filter(email__iexact=letter.sender).prefetch_related("role_set").order_by("pk")[:10])
    active = [person for person in known if person.is_active]
    for person in active:
        conversation = _thread(letter, person, config)
        if conversation is not None:
            _reply(row, letter, person, conversation)
            return
    if known and not active:
        row.reason = "sender_inactive"
    elif not active and not config.registers_unknown:
        row.reason = "sender_unknown"
    else:
        _file(row, letter, active[0] if active else None)


def _is_flood(row: InboundMail) -> bool:
    since = row.received_at - timedelta(hours=1)
    taken = InboundMail.objects.filter(sender=row.sender, received_at__gte=since).exclude(pk=row.pk)
    return taken.filter(outcome__in=[Outcome.REPLY, Outcome.TICKET]).count() >= MAX_PER_HOUR


def _thread(letter: Letter, person: Person, config: MailIn) -> Conversation | None:
    """The conversation that the letter replies to, if a token of ours says that this person may."""
    in_addresses = (token_in_address(address, desk=config.desk) for address in letter.recipients)
    in_references = (token_in_message_id(reference) for reference in letter.references)
    tokens = filter(None, (*in_addresses, *in_references))
    threads = (read_token(token, secrets=config.secrets, person=person.pk) for token in tokens)
    ids: list[UUID] = list(dict.fromkeys(thread for thread in threads if thread))
    found = Conversation.objects.in_bulk(ids)
    return next((found[key] for key in ids if key in found), None)


def _reply(row: InboundMail, letter: Letter, person: Person, conversation: Conversation) -> None:
    row.person_id, row.ticket_id = person.pk, conversation.pk
    principal = principal_of_person(person)
    if not may_see(conversation, principal):
        row.reason = "no_access"
        return
    files, remarks = _takable(letter.files)
    body = _fit("\n\n".join(filter(None, [newest_part(letter.text), *remarks])), files)
    if not body and not files:
        row.reason = "empty"
        return
    draft = Draft(
        client_id=row.pk,
        visibility=Visibility.PUBLIC,
        body=body or "\N{PAPERCLIP}",
        uploads=files,
    )
    context.set_actor(principal.as_actor())
    row.comment, _ = comment_create(conversation=conversation, author=principal, draft=draft)
    row.outcome = Outcome.REPLY


def _file(row: InboundMail, letter: Letter, person: Person | None) -> None:
    """Keep what the ticket needs; `mail_filing` hands it to ticket-service."""
    files, remarks = _takable(letter.files)
    text = "\n\n".join(filter(None, [letter.text, *remarks]))
    row.text = _fit(text, files) or letter.subject or "(empty)"
    row.person_id = person.pk if person else None
    row.outcome, row.next_attempt_at = Outcome.TICKET, row.received_at
    stored = [attachments.store(file) for file in files]
    InboundFile.objects.bulk_create(
        InboundFile(
            mail=row,
            sha256=file.sha256,
            size=file.size,
            content_type=file.content_type,
            filename=file.filename,
            uploaded_by=row.person_id or row.pk,
        )
        for file in stored
    )


def _takable(files: Iterable[LetterFile]) -> "tuple[list[File[Any]], list[str]]":
    """The files that may be kept, and a remark for each that may not.

    Raises what `attachments.store` does while it cannot store or scan: then all of the message waits.
    """
    kept: list[File[Any]] = []
    remarks = []
    for file in files:
        upload = ContentFile(file.content, name=file.filename)
        try:
            if len(kept) >= MAX_FILES:
                raise TooManyFiles
            attachments.store(upload)
        except Problem as problem:
            if problem.status >= 500:
                raise
            name = "".join(character for character in file.filename[:100] if character not in "`*_[]<>")
            remarks.append(f"[{name}: {problem.title}]")
        else:
            kept.append(upload)
    return kept, remarks


def _fit(text: str, files: "list[File[Any]]") -> str:
    """The text, or its beginning, and all of it as a file."""
    if len(text) <= MAX_BODY_CHARACTERS:
        return text
    files.append(ContentFile(text.encode(), name="message.txt"))
    return text[: MAX_BODY_CHARACTERS - 1] + "…"
