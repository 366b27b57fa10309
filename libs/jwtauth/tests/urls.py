"""Routes of these tests: one per permission."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth import permissions


class Forgotten(APIView):
    """Says nothing about who may call it."""

    def get(self, request: Request) -> Response:
        return Response({"id": str(request.user.id) if request.user else None})


class Open(Forgotten):
    permission_classes = [permissions.AllowAnyone]


class ForUsers(Forgotten):
    permission_classes = [permissions.IsUser]


class ForSignedIn(Forgotten):
    permission_classes = [permissions.IsSignedIn]


class ForStaff(Forgotten):
    permission_classes = [permissions.IsStaff]


class ForAdmins(Forgotten):
    permission_classes = [permissions.has_role("tts:admin", "hdts:admin")]


class ForServices(Forgotten):
    permission_classes = [permissions.has_scope("events:read")]


urlpatterns = [
    path("forgotten/", Forgotten.as_view()),
    path("open/", Open.as_view()),
    path("users/", ForUsers.as_view()),
    path("signed-in/", ForSignedIn.as_view()),
    path("staff/", ForStaff.as_view()),
    path("admins/", ForAdmins.as_view()),
    path("services/", ForServices.as_view()),
]
