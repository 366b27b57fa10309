"""HTTP beside a conversation: who is there, who may be mentioned, the search over all, and the mails that came in."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from comments.access import SEE_ALL
from comments.api.serializers import (
    CandidateOut,
    CandidateQuery,
    CandidatesOut,
    CommentOut,
    MailOut,
    MailQuery,
    PresenceOut,
    PresentOut,
    SearchQuery,
)
from comments.models import Comment, InboundMail
from comments.selectors import conversation_get, mail_list, presence_list
from comments.selectors.mention import mention_candidates
from comments.selectors.search import comment_search
from jwtauth.permissions import IsUser, has_role
from jwtauth.principal import principal_of
from servicekit.reading import read_query


class PresenceApi(APIView):
    """Who has the ticket open."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="presence_list", responses=PresenceOut)
    def get(self, request: Request, ticket_id: str) -> Response:
        """List those who read it live; who of the desk does is for the desk."""
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        present = presence_list(conversation=conversation, principal=principal)
        return Response({"results": PresentOut(present, many=True).data})


class MentionCandidateListApi(APIView):
    """Whom a comment on the ticket may mention."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="mention_candidate_list", parameters=[CandidateQuery], responses=CandidatesOut)
    def get(self, request: Request, ticket_id: str) -> Response:
        """List up to eight who may read what is written so; for staff all who may, for others who took part."""
        query = read_query(CandidateQuery, request)
        principal = principal_of(request)
        conversation = conversation_get(ticket=ticket_id, principal=principal)
        people = mention_candidates(conversation=conversation, principal=principal, **query)
        return Response({"results": CandidateOut(people, many=True).data})


class CommentSearchApi(ListAPIView[Comment]):
    """Comments of all tickets."""

    permission_classes = [IsUser]
    serializer_class = CommentOut
    queryset = Comment.objects.none()

    @extend_schema(operation_id="comment_search", parameters=[SearchQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Find comments that the caller may read, newest first; internal notes for staff only."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Comment]:
        """The caller's own view of all conversations."""
        given = read_query(SearchQuery, self.request)
        return comment_search(
            principal=principal_of(self.request),
            text=given["q"],
            visibility=given.get("visibility"),
            ticket=given.get("ticket"),
        )


class MailListApi(ListAPIView[InboundMail]):
    """Messages that came in by e-mail, newest first."""

    permission_classes = [has_role(*SEE_ALL)]
    serializer_class = MailOut
    queryset = InboundMail.objects.none()

    @extend_schema(operation_id="mail_list", parameters=[MailQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them with what became of each."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[InboundMail]:
        """As the query asks."""
        return mail_list(**read_query(MailQuery, self.request))
