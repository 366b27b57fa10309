"""People: reading them, inviting them, changing and closing their accounts."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH
from servicekit.reading import read, read_query
from users.api.permissions import IsAdministrator, SeesPeople
from users.api.serializers.base import EmptySerializer
from users.api.serializers.people import (
    InviteSerializer,
    ProfileEditSerializer,
    SuspensionSerializer,
    UserEditSerializer,
    UserFilterSerializer,
    UserSerializer,
)
from users.api.views.base import invalid_as_400, matching, versioned
from users.models import User
from users.selectors.administration import user_list
from users.selectors.people import user_search, with_roles
from users.services.accounts import profile_edit, user_deactivate, user_reopen, user_suspend
from users.services.administration import (
    second_factor_reset,
    user_edit,
    user_invite,
    user_invite_again,
    user_sign_out,
)


class MeApi(GenericAPIView[User]):
    """The caller."""

    permission_classes = [IsUser]
    serializer_class = UserSerializer
    pagination_class = None

    @extend_schema(operation_id="me")
    def get(self, request: Request) -> Response:
        """Answer the caller's own profile with roles; its version is the ETag."""
        return self.answer(request)

    @extend_schema(
        request=ProfileEditSerializer, responses=UserSerializer, parameters=[IF_MATCH], operation_id="me_edit"
    )
    def patch(self, request: Request) -> Response:
        """Change the own name or time zone, based on the version that `If-Match` names."""
        body = read(ProfileEditSerializer, request)
        with invalid_as_400():
            profile_edit(user_id=principal_of(request).id, match=matching(request), **body)
        return self.answer(request)

    def answer(self, request: Request) -> Response:
        """The caller as stored now."""
        user = get_object_or_404(with_roles(User.objects.all()), pk=principal_of(request).id)
        return versioned(self.get_serializer(user).data, version=user.version)


class PeopleView(GenericAPIView[User]):
    """Only the people whom the caller may see; anyone else is a 404."""

    permission_classes = [SeesPeople]
    serializer_class = UserSerializer

    def get_queryset(self) -> QuerySet[User]:
        """The people whom the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return User.objects.none()
        return user_list(viewer=principal_of(self.request))

    def answer(self, user: User, status: int = 200) -> Response:
        """The person as stored now, whether the caller sees them from now on or not."""
        stored = with_roles(User.objects.all()).get(pk=user.pk)
        return versioned(self.get_serializer(stored).data, version=stored.version, status=status)


class AdministeredPeople(PeopleView):
    """For admins of any system; whether they administer the person is asked by the service."""

    permission_classes = [IsAdministrator]


class UserListApi(PeopleView, ListAPIView[User]):
    """The people whom the caller may see, newest first."""

    def get_permissions(self) -> Any:
        """Who sees people need not be one who invites them."""
        return [IsAdministrator()] if self.request.method == "POST" else super().get_permissions()

    def get_queryset(self) -> QuerySet[User]:
        """Of these, who was asked for."""
        if getattr(self, "swagger_fake_view", False):
            return User.objects.none()
        return user_search(super().get_queryset(), **read_query(UserFilterSerializer, self.request))

    @extend_schema(parameters=[UserFilterSerializer], operation_id="users_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them; those who meet every condition, where some are given."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=InviteSerializer, responses={201: UserSerializer}, operation_id="users_invite")
    @idempotent
    def post(self, request: Request) -> Response:
        """Make an account with roles of systems that the caller administers, and mail its owner an invitation."""
        body = read(InviteSerializer, request)
        with invalid_as_400():
            user = user_invite(by=principal_of(request), **body)
        return self.answer(user, 201)


class UserDetailApi(PeopleView):
    """One of them."""

    def get_permissions(self) -> Any:
        """Who sees people need not be one who changes them."""
        return [IsAdministrator()] if self.request.method == "PATCH" else super().get_permissions()

    @extend_schema(operation_id="users_retrieve")
    def get(self, request: Request, pk: str) -> Response:
        """Answer the person; the version is the ETag."""
        user = self.get_object()
        return versioned(self.get_serializer(user).data, version=user.version)

    @extend_schema(
        request=UserEditSerializer, responses=UserSerializer, parameters=[IF_MATCH], operation_id="users_edit"
    )
    def patch(self, request: Request, pk: str) -> Response:
        """Change name, department or time zone, based on the version that `If-Match` names."""
        user = self.get_object()
        body = read(UserEditSerializer, request)
        with invalid_as_400():
            user_edit(user=user, by=principal_of(request), match=matching(request), **body)
        return self.answer(user)


class UserInvitationApi(AdministeredPeople):
    """A lost invitation."""

    @extend_schema(request=None, responses={202: EmptySerializer}, operation_id="users_invitation")
    def post(self, request: Request, pk: str) -> Response:
        """Mail another link to who has not set a password yet; the one before is void."""
        NoInput.check(request)
        user_invite_again(user=self.get_object(), by=principal_of(request))
        return Response({}, status=202)


class UserDeactivationApi(AdministeredPeople):
    """Closing an account."""

    @extend_schema(request=None, responses=UserSerializer, operation_id="users_deactivation")
    def post(self, request: Request, pk: str) -> Response:
        """Deactivate the account, end its sessions, and void its tokens in every service."""
        NoInput.check(request)
        user = self.get_object()
        user_deactivate(user=user, by=principal_of(request))
        return self.answer(user)


class UserSuspensionApi(AdministeredPeople):
    """Closing an account for the time being."""

    @extend_schema(request=SuspensionSerializer, responses=UserSerializer, operation_id="users_suspension")
    def post(self, request: Request, pk: str) -> Response:
        """Suspend the account, end its sessions, and void its tokens in every service."""
        body = read(SuspensionSerializer, request)
        user = self.get_object()
        user_suspend(user=user, by=principal_of(request), **body)
        return self.answer(user)


class UserSessionsRevocationApi(AdministeredPeople):
    """A lost laptop; which sessions there are, nobody but their owner sees."""

    @extend_schema(request=None, responses=EmptySerializer, operation_id="users_sessions_revocation")
    def post(self, request: Request, pk: str) -> Response:
        """End every session of the person, and void their tokens in every service."""
        NoInput.check(request)
        user_sign_out(user=self.get_object(), by=principal_of(request))
        return Response({})


class UserTotpRemovalApi(AdministeredPeople):
    """A lost device."""

    @extend_schema(request=None, responses=EmptySerializer, operation_id="users_totp_removal")
    def post(self, request: Request, pk: str) -> Response:
        """Switch the second factor off; the owner is told by mail."""
        NoInput.check(request)
        second_factor_reset(user=self.get_object(), by=principal_of(request))
        return Response({})


class UserReactivationApi(AdministeredPeople):
    """Opening a closed account."""

    @extend_schema(request=None, responses=UserSerializer, operation_id="users_reactivation")
    def post(self, request: Request, pk: str) -> Response:
        """Open a suspended or deactivated account again; tokens from before stay void."""
        NoInput.check(request)
        user = self.get_object()
        user_reopen(user=user, by=principal_of(request))
        return self.answer(user)
