"""Writing a comment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

import attachments
from attachments import Stored
from comments.access import is_staff_on, may_see
from comments.errors import ClientIdReused, InternalNotesAreForStaff, ParentNotFound, TicketNotFound
from comments.models import Change, Comment, CommentAttachment, Conversation, Visibility
from comments.services.mention import mentions_find
from comments.services.stream import next_seq, record
from jwtauth.principal import Principal


@dataclass(frozen=True)
class Draft:
    """What an author wants to say; `client_id` is the author's own id for it."""

    client_id: UUID
    visibility: str
    body: str
    uploads: "Sequence[File[Any]]" = ()
    parent_id: UUID | None = None


def comment_create(*, conversation: Conversation, author: Principal, draft: Draft) -> tuple[Comment, bool]:
    """Write the comment and its event in one transaction; answer it and whether it is new.

    The same draft again (a retried request) answers the first comment. Raises TicketNotFound,
    InternalNotesAreForStaff, ParentNotFound, ClientIdReused, and what attachments.store raises for a file that it
    refuses.
    """
    _allow(conversation, author, draft)
    # Bytes first: a slow disk must not hold the ticket's lock. They are stored by content, so a repeat costs nothing.
    files = [attachments.store(upload) for upload in draft.uploads]
    try:
        with transaction.atomic():
            locked = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
            _allow(locked, author, draft)  # once more: access may have changed while the bytes came in
            earlier = _earlier(author, draft, locked, files)
            if earlier is not None:
                return earlier, False
            return _write(locked, author, draft, files), True
    except IntegrityError:
        # The lock is per ticket: only the same client_id on another ticket at the same moment gets here.
        earlier = _earlier(author, draft, conversation, files)
        if earlier is None:
            raise
        return earlier, False


def _allow(conversation: Conversation, author: Principal, draft: Draft) -> None:
    if not may_see(conversation, author):
        raise TicketNotFound
    if draft.visibility == Visibility.INTERNAL and not is_staff_on(conversation, author):
        raise InternalNotesAreForStaff


def _earlier(author: Principal, draft: Draft, conversation: Conversation, files: list[Stored]) -> Comment | None:
    comment = (
        Comment.objects.select_related("conversation")
        .prefetch_related("attachments", "reactions", "revisions")
        .filter(author_id=author.id, client_id=draft.client_id)
        .first()
    )
    if comment is None:
        return None
    same_place = (comment.conversation_id, comment.visibility, comment.parent_id) == (
        conversation.pk,
        draft.visibility,
        draft.parent_id,
    )
    if comment.deleted_at and same_place:
        return comment  # what it said has been erased
    same_files = sorted((file.sha256, file.filename) for file in comment.attachments.all()) == sorted(
        (file.sha256, file.filename) for file in files
    )
    revisions = list(comment.revisions.all())
    first_body = revisions[0].body if revisions else comment.body
    if not (same_place and same_files and first_body == draft.body):
        raise ClientIdReused
    return comment


def _write(conversation: Conversation, author: Principal, draft: Draft, files: list[Stored]) -> Comment:
    _require_parent(conversation, draft)
    comment = Comment.objects.create(
        conversation=conversation,
        seq=next_seq(conversation),
        client_id=draft.client_id,
        author_id=author.id,
        author_name=author.name,
        author_is_staff=is_staff_on(conversation, author),
        visibility=draft.visibility,
        body=draft.body,
        parent_id=draft.parent_id,
        mentions=mentions_find(conversation=conversation, visibility=draft.visibility, body=draft.body),
        created_at=timezone.now(),
    )
    CommentAttachment.objects.bulk_create(
        [
            CommentAttachment(
                comment=comment,
                sha256=file.sha256,
                size=file.size,
                content_type=file.content_type,
                filename=file.filename,
                uploaded_by=author.id,
            )
            for file in files
        ]
    )
    record(comment, Change.Kind.CREATED, seq=comment.seq)
    return comment


def _require_parent(conversation: Conversation, draft: Draft) -> None:
    if draft.parent_id is None:
        return
    parents = conversation.comments.filter(pk=draft.parent_id)
    if draft.visibility == Visibility.PUBLIC:
        parents = parents.filter(visibility=Visibility.PUBLIC)  # a public reply must not point at a note
    if not parents.exists():
        raise ParentNotFound
