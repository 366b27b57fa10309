"""HTTP of the conversation on a ticket; the views translate, services and selectors decide."""

from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import attachments
from comments.api.serializers import CommentIn, CommentOut, CommentPageOut, CommentPageQuery
from comments.selectors import attachment_get, comment_page, conversation_get
from comments.services.comment import Draft, comment_create
from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from servicekit.parsers import JSONParser


class CommentListApi(APIView):
    """The conversation on a ticket, given by the ticket's id or number."""

    permission_classes = [IsUser]
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(operation_id="comment_list", parameters=[CommentPageQuery], responses=CommentPageOut)
    def get(self, request: Request, ticket_id: str) -> Response:
        """List the comments that the caller may read, oldest first."""
        query = CommentPageQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        comments, following = comment_page(conversation=conversation, principal=principal, **query.validated_data)
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
        )
        comment, created = comment_create(conversation=conversation, author=author, draft=draft)
        return Response(CommentOut(comment).data, status=201 if created else 200)


class AttachmentContentApi(APIView):
    """The bytes of a comment's attachment."""

    permission_classes = [IsUser]

    @extend_schema(
        operation_id="comment_attachment_content",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, ticket_id: str, comment_id: UUID, attachment_id: UUID) -> HttpResponseBase:
        """Download the file; always as an attachment, never shown inline."""
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        found = attachment_get(
            conversation=conversation, principal=principal, comment_id=comment_id, attachment_id=attachment_id
        )
        return attachments.download(found)
