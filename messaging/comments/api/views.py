"""HTTP of the conversation on a ticket; the views translate, services and selectors decide."""

from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import attachments
from comments.api.serializers import (
    ChangeOut,
    ChangePageOut,
    CommentEditIn,
    CommentIn,
    CommentOut,
    CommentPageOut,
    CommentPageQuery,
    HistoryOut,
    ReadIn,
    ReadOut,
    RevisionOut,
    TypingIn,
)
from comments.models import Comment, Conversation
from comments.selectors import (
    attachment_get,
    change_page,
    comment_get,
    comment_page,
    conversation_get,
    read_state,
    revision_list,
)
from comments.services.change import comment_delete, comment_edit
from comments.services.comment import Draft, comment_create
from comments.services.reaction import reaction_set
from comments.services.reading import read_mark
from comments.services.typing import typing_tell
from jwtauth.errors import LiveIsElsewhere
from jwtauth.permissions import IsUser
from jwtauth.principal import Principal, principal_of
from servicekit.concurrency import etag, require_match
from servicekit.openapi import IF_MATCH
from servicekit.parsers import JSONParser
from servicekit.reading import read_query


class CommentListApi(APIView):
    """The conversation on a ticket, given by the ticket's id or number."""

    permission_classes = [IsUser]
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(operation_id="comment_list", parameters=[CommentPageQuery], responses=CommentPageOut)
    def get(self, request: Request, ticket_id: str) -> Response:
        """List the comments that the caller may read, oldest first."""
        query = read_query(CommentPageQuery, request)
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        comments, following = comment_page(conversation=conversation, principal=principal, **query)
        return Response({"results": CommentOut(comments, many=True).data, "next": following})

    @extend_schema(operation_id="comment_create", request=CommentIn, responses={200: CommentOut, 201: CommentOut})
    def post(self, request: Request, ticket_id: str) -> Response:
        """Write a comment; the same `client_id` again answers the first comment with 200."""
        author = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=author)
        body = CommentIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        draft = Draft(
            client_id=given["client_id"],
            visibility=given["visibility"],
            body=given["body"],
            uploads=given["attachments"],
            parent_id=given["parent_id"],
        )
        comment, created = comment_create(conversation=conversation, author=author, draft=draft)
        return Response(CommentOut(comment).data, status=201 if created else 200)


class CommentApi(APIView):
    """One comment."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="comment_get", responses=CommentOut)
    def get(self, request: Request, ticket_id: str, comment_id: UUID) -> Response:
        """Read the comment; its version is the ETag."""
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        comment = comment_get(conversation=conversation, principal=principal, comment_id=comment_id)
        return _comment(comment)

    @extend_schema(operation_id="comment_edit", parameters=[IF_MATCH], request=CommentEditIn, responses=CommentOut)
    def patch(self, request: Request, ticket_id: str, comment_id: UUID) -> Response:
        """Replace the body of an own comment; the earlier one is kept."""
        author = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=author)
        body = CommentEditIn(data=request.data)
        body.is_valid(raise_exception=True)
        comment = comment_edit(
            conversation=conversation,
            comment_id=comment_id,
            author=author,
            body=body.validated_data["body"],
            check=lambda version: require_match(request, version),
        )
        return _comment(comment)

    @extend_schema(operation_id="comment_delete", responses={204: None})
    def delete(self, request: Request, ticket_id: str, comment_id: UUID) -> Response:
        """Erase what the comment said; a tombstone stays in its place."""
        actor = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=actor)
        comment_delete(conversation=conversation, comment_id=comment_id, actor=actor)
        return Response(status=204)


class CommentHistoryApi(APIView):
    """What a comment said before it was edited."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="comment_history", responses=HistoryOut)
    def get(self, request: Request, ticket_id: str, comment_id: UUID) -> Response:
        """List the earlier bodies, oldest first."""
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        revisions = revision_list(conversation=conversation, principal=principal, comment_id=comment_id)
        return Response({"results": RevisionOut(revisions, many=True).data})


class ReactionApi(APIView):
    """One sign of the caller's on a comment."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="reaction_put", request=None, responses={204: None})
    def put(self, request: Request, ticket_id: str, comment_id: UUID, sign: str) -> Response:
        """Put it there."""
        return self._set(request, ticket_id, comment_id, sign, present=True)

    @extend_schema(operation_id="reaction_delete", responses={204: None})
    def delete(self, request: Request, ticket_id: str, comment_id: UUID, sign: str) -> Response:
        """Take it away."""
        return self._set(request, ticket_id, comment_id, sign, present=False)

    def _set(self, request: Request, ticket_id: str, comment_id: UUID, sign: str, *, present: bool) -> Response:
        user = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=user)
        reaction_set(conversation=conversation, comment_id=comment_id, user=user, sign=sign, present=present)
        return Response(status=204)


class ReadApi(APIView):
    """How far the caller has read the conversation."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="read_get", responses=ReadOut)
    def get(self, request: Request, ticket_id: str) -> Response:
        """Answer the number, and how many comments of others are newer."""
        principal = principal_of(request)
        return self._state(conversation_get(ticket=ticket_id, principal=principal), principal)

    @extend_schema(operation_id="read_put", request=ReadIn, responses=ReadOut)
    def put(self, request: Request, ticket_id: str) -> Response:
        """Note that the caller has read up to `seq`; an earlier number changes nothing."""
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        body = ReadIn(data=request.data)
        body.is_valid(raise_exception=True)
        read_mark(conversation=conversation, user=principal, seq=body.validated_data["seq"])
        return self._state(conversation, principal)

    def _state(self, conversation: Conversation, principal: Principal) -> Response:
        seq, unread = read_state(conversation=conversation, principal=principal)
        return Response({"seq": seq, "unread": unread})


class TypingApi(APIView):
    """That the caller is writing, for those who read live."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="typing_tell", request=TypingIn, responses={204: None})
    def post(self, request: Request, ticket_id: str) -> Response:
        """Tell the live readers; of an internal note, staff only."""
        user = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=user)
        body = TypingIn(data=request.data)
        body.is_valid(raise_exception=True)
        typing_tell(conversation=conversation, user=user, visibility=body.validated_data["visibility"])
        return Response(status=204)


class StreamApi(APIView):
    """Everything that happened in a conversation, in order; the live channel sends the same."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="stream_list", parameters=[CommentPageQuery], responses=ChangePageOut)
    def get(self, request: Request, ticket_id: str) -> Response:
        """List the changes that the caller may see after the number `after`."""
        query = read_query(CommentPageQuery, request)
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        changes, following = change_page(conversation=conversation, principal=principal, **query)
        return Response({"results": ChangeOut(changes, many=True).data, "next": following})


class LiveApi(APIView):
    """The stream as it happens, by server-sent events; it is the live process that answers here."""

    permission_classes = [IsUser]

    @extend_schema(
        operation_id="stream_live",
        parameters=[
            OpenApiParameter("after", int, description="The last number seen."),
            OpenApiParameter("Last-Event-ID", int, OpenApiParameter.HEADER, description="The same; it goes first."),
        ],
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
    )
    def get(self, request: Request, ticket_id: str) -> Response:
        """Follow the stream: `comment.created`, `.updated`, `.deleted`, `.reacted`; `typing`; `end` with a reason."""
        raise LiveIsElsewhere


def _comment(comment: Comment) -> Response:
    return Response(CommentOut(comment).data, headers={"ETag": etag(comment.version)})


class AttachmentContentApi(APIView):
    """The bytes of a comment's attachment."""

    permission_classes = [IsUser]

    @extend_schema(
        operation_id="comment_attachment_content",
        responses={(200, "*/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, ticket_id: str, comment_id: UUID, attachment_id: UUID) -> HttpResponseBase:
        """Download the file; always as an attachment, never shown inline."""
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        found = attachment_get(
            conversation=conversation, principal=principal, comment_id=comment_id, attachment_id=attachment_id
        )
        return attachments.download(found)
