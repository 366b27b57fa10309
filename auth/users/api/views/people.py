"""People and systems."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from servicekit.fields import NoInput
from users.api.permissions import AdministersPeople, SeesPeople
from users.api.serializers import SystemSerializer, UserSerializer
from users.models import System, User
from users.selectors.people import user_list, with_roles
from users.selectors.systems import system_list
from users.services.accounts import user_deactivate


class MeApi(GenericAPIView[User]):
    """The caller."""

    permission_classes = [IsUser]
    serializer_class = UserSerializer
    pagination_class = None

    @extend_schema(operation_id="me")
    def get(self, request: Request) -> Response:
        """Answer the caller's own profile with roles."""
        user = get_object_or_404(with_roles(User.objects.all()), pk=request.user.pk)
        return Response(self.get_serializer(user).data)


class SystemListApi(ListAPIView[System]):
    """Systems with their roles."""

    permission_classes = [IsUser]
    serializer_class = SystemSerializer
    ordering = "slug"

    def get_queryset(self) -> QuerySet[System]:
        """All systems."""
        return system_list()


class PeopleView(GenericAPIView[User]):
    """Only the people whom the caller may see; anyone else is a 404."""

    permission_classes = [SeesPeople]
    serializer_class = UserSerializer

    def get_queryset(self) -> QuerySet[User]:
        """The people whom the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return User.objects.none()
        return user_list(viewer=principal_of(self.request))


class UserListApi(PeopleView, ListAPIView[User]):
    """The people whom the caller may see, newest first."""


class UserDetailApi(PeopleView, RetrieveAPIView[User]):
    """One of them."""


class UserDeactivationApi(PeopleView):
    """Closing an account."""

    permission_classes = [AdministersPeople]

    @extend_schema(request=None, responses=UserSerializer, operation_id="users_deactivation")
    def post(self, request: Request, pk: str) -> Response:
        """Deactivate the account, end its sessions, and void its tokens in every service."""
        NoInput.check(request)
        user = self.get_object()
        user_deactivate(user=user, by=principal_of(request))
        return Response(self.get_serializer(self.get_object()).data)
