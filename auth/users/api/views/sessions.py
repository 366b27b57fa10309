"""The caller's own sessions."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.permissions import IsSignedIn
from jwtauth.principal import principal_of
from servicekit.fields import NoInput
from users.api.serializers.account import SessionSerializer
from users.api.serializers.base import EmptySerializer
from users.api.views.base import UserView
from users.models import Session
from users.selectors.sessions import session_list
from users.services.changes import user_sign_out_everywhere
from users.services.sessions import session_revoke


class OwnSessions(GenericAPIView[Session]):
    """Nobody sees another's sessions, not even an admin."""

    permission_classes = [IsSignedIn]
    serializer_class = SessionSerializer

    def get_queryset(self) -> QuerySet[Session]:
        """The caller's sessions that are still alive."""
        if getattr(self, "swagger_fake_view", False):
            return Session.objects.none()
        return session_list(user_id=principal_of(self.request).id)

    def get_serializer_context(self) -> dict[str, Any]:
        """With the session of this request, so that it can be marked."""
        session_id = None if getattr(self, "swagger_fake_view", False) else principal_of(self.request).session_id
        return {**super().get_serializer_context(), "session_id": session_id}


class SessionListApi(OwnSessions, ListAPIView[Session]):
    """Where the caller is signed in, newest first."""


class SessionApi(OwnSessions):
    """One of them."""

    @extend_schema(operation_id="sessions_revoke", responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """End the session."""
        NoInput.check(request)
        session_revoke(session=self.get_object())
        return Response(status=204)


class SessionsRevocationApi(UserView):
    """Signing out everywhere."""

    @extend_schema(request=None, responses=EmptySerializer, operation_id="sessions_revocation")
    def post(self, request: Request) -> Response:
        """End every session of the caller, this one too, and void their tokens in every service."""
        NoInput.check(request)
        user_sign_out_everywhere(user_id=principal_of(request).id)
        return Response({})
