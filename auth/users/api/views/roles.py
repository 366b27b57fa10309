"""Systems, their roles, and who holds them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
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
from users.api.permissions import IsAdministrator, IsSuperuser
from users.api.serializers.roles import (
    AssignmentFilterSerializer,
    GrantSerializer,
    RoleAssignmentSerializer,
    RoleCreateSerializer,
    RoleDetailSerializer,
    RoleEditSerializer,
    SystemCreateSerializer,
    SystemEditSerializer,
    SystemSerializer,
)
from users.api.views.base import invalid_as_400, matching, versioned
from users.models import Role, RoleAssignment, System
from users.selectors.administration import role_assignment_list
from users.selectors.systems import role_list, system_list
from users.services.administration import (
    role_create,
    role_edit,
    role_grant,
    role_take,
    system_create,
    system_delete,
    system_rename,
)


class SystemView(GenericAPIView[System]):
    """Everyone signed in reads systems; only a superuser changes them."""

    serializer_class = SystemSerializer
    ordering = "slug"

    def get_permissions(self) -> Any:
        """Reading is for all users."""
        return [IsUser()] if self.request.method == "GET" else [IsSuperuser()]

    def get_queryset(self) -> QuerySet[System]:
        """All systems."""
        return system_list()

    def answer(self, pk: UUID, status: int = 200) -> Response:
        """The system as stored now."""
        system = system_list().get(pk=pk)
        return versioned(self.get_serializer(system).data, version=system.version, status=status)


class SystemListApi(SystemView, ListAPIView[System]):
    """Systems with their roles in use."""

    @extend_schema(request=SystemCreateSerializer, responses={201: SystemSerializer}, operation_id="systems_create")
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a system; give it a role `admin`, so that somebody can administer it."""
        body = read(SystemCreateSerializer, request)
        with invalid_as_400():
            system = system_create(**body)
        return self.answer(system.pk, 201)


class SystemApi(SystemView):
    """One system."""

    @extend_schema(operation_id="systems_retrieve")
    def get(self, request: Request, pk: str) -> Response:
        """Answer the system with its roles in use; its version is the ETag."""
        system = self.get_object()
        return versioned(self.get_serializer(system).data, version=system.version)

    @extend_schema(
        request=SystemEditSerializer, responses=SystemSerializer, parameters=[IF_MATCH], operation_id="systems_edit"
    )
    def patch(self, request: Request, pk: str) -> Response:
        """Rename the system, based on the version that `If-Match` names; its slug stays."""
        system, body = self.get_object(), read(SystemEditSerializer, request)
        system_rename(system=system, match=matching(request), **body)
        return self.answer(system.pk)

    @extend_schema(responses={204: None}, operation_id="systems_delete")
    def delete(self, request: Request, pk: str) -> Response:
        """Delete a system that has no roles."""
        NoInput.check(request)
        system_delete(system=self.get_object())
        return Response(status=204)


class RoleView(GenericAPIView[Role]):
    """Everyone signed in reads roles; an admin changes those of their systems."""

    serializer_class = RoleDetailSerializer

    def get_permissions(self) -> Any:
        """Reading is for all users."""
        return [IsUser()] if self.request.method == "GET" else [IsAdministrator()]

    def get_queryset(self) -> QuerySet[Role]:
        """All roles, retired ones too."""
        return role_list()


class RoleListApi(RoleView, ListAPIView[Role]):
    """Roles, newest first, retired ones too."""

    @extend_schema(request=RoleCreateSerializer, responses={201: RoleDetailSerializer}, operation_id="roles_create")
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a role of a system that the caller administers."""
        body = read(RoleCreateSerializer, request)
        with invalid_as_400():
            role = role_create(**body, by=principal_of(request))
        return versioned(self.get_serializer(role).data, version=role.version, status=201)


class RoleApi(RoleView):
    """One role."""

    @extend_schema(operation_id="roles_retrieve")
    def get(self, request: Request, pk: str) -> Response:
        """Answer the role; its version is the ETag."""
        role = self.get_object()
        return versioned(self.get_serializer(role).data, version=role.version)

    @extend_schema(
        request=RoleEditSerializer, responses=RoleDetailSerializer, parameters=[IF_MATCH], operation_id="roles_edit"
    )
    def patch(self, request: Request, pk: str) -> Response:
        """Rename the role, retire it once nobody holds it, or take it into use again; of the version in `If-Match`."""
        body = read(RoleEditSerializer, request)
        role = role_edit(role=self.get_object(), by=principal_of(request), match=matching(request), **body)
        return versioned(self.get_serializer(role).data, version=role.version)


class RoleAssignmentView(GenericAPIView[RoleAssignment]):
    """Only of systems that the caller administers."""

    permission_classes = [IsAdministrator]
    serializer_class = RoleAssignmentSerializer

    def get_queryset(self) -> QuerySet[RoleAssignment]:
        """The roles held in the caller's systems."""
        if getattr(self, "swagger_fake_view", False):
            return RoleAssignment.objects.none()
        return role_assignment_list(viewer=principal_of(self.request))


class RoleAssignmentListApi(RoleAssignmentView, ListAPIView[RoleAssignment]):
    """Who holds which role, in the systems that the caller administers."""

    def get_queryset(self) -> QuerySet[RoleAssignment]:
        """Of one user, or of one role, where asked."""
        return super().get_queryset().filter(**read_query(AssignmentFilterSerializer, self.request))

    @extend_schema(parameters=[AssignmentFilterSerializer], operation_id="role_assignments_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them; of one user or one role, where asked."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=GrantSerializer, responses={201: RoleAssignmentSerializer}, operation_id="role_assignments_create"
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Give a user a role of a system that the caller administers; the user's sessions end."""
        assignment = role_grant(**read(GrantSerializer, request), by=principal_of(request))
        return Response(self.get_serializer(assignment).data, status=201)


class RoleAssignmentApi(RoleAssignmentView):
    """One of them."""

    @extend_schema(responses={204: None}, operation_id="role_assignments_delete")
    def delete(self, request: Request, pk: str) -> Response:
        """Take the role from the user; the user's sessions end."""
        NoInput.check(request)
        role_take(assignment=self.get_object(), by=principal_of(request))
        return Response(status=204)
