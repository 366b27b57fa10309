"""People who ask for an account."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import AllowAnyone
from servicekit.idempotency import idempotent
from servicekit.reading import read, read_query
from users.api.permissions import ManagesEmployees
from users.api.serializers.base import EmptySerializer
from users.api.serializers.people import UserSerializer
from users.api.serializers.registrations import (
    ApprovalSerializer,
    LinkTokenSerializer,
    RefusalSerializer,
    RegistrationAvailabilitySerializer,
    RegistrationCreateSerializer,
    RegistrationFilterSerializer,
    RegistrationSerializer,
)
from users.api.views.base import OpenView, invalid_as_400
from users.client_info import client_info
from users.models import Registration, User
from users.selectors.people import with_roles
from users.selectors.registrations import registration_list
from users.services.registrations import (
    registration_approve,
    registration_confirm,
    registration_refuse,
    registration_request,
)


class RegistrationView(GenericAPIView[Registration]):
    """For who manages the Employees."""

    permission_classes = [ManagesEmployees]
    serializer_class = RegistrationSerializer

    def get_queryset(self) -> QuerySet[Registration]:
        """Those whose address has proved to be the applicant's."""
        return registration_list()


class RegistrationListApi(RegistrationView, ListAPIView[Registration]):
    """Anyone asks; who manages the Employees reads, newest first."""

    def get_authenticators(self) -> Any:
        """Who asks has no token, and an expired one is no obstacle."""
        return [] if self.request and self._is_open() else super().get_authenticators()

    def get_permissions(self) -> Any:
        """Asking is for anyone."""
        return [AllowAnyone()] if self._is_open() else super().get_permissions()

    def _is_open(self) -> bool:
        """Asking is; and a method that there is not is a 405 for all, not a 401 for those without a token."""
        return self.request.method == "POST" or not hasattr(self, str(self.request.method).lower())

    def get_queryset(self) -> QuerySet[Registration]:
        """Of one state, pending unless said."""
        if getattr(self, "swagger_fake_view", False):
            return Registration.objects.none()
        return super().get_queryset().filter(**read_query(RegistrationFilterSerializer, self.request))

    @extend_schema(parameters=[RegistrationFilterSerializer], operation_id="registrations_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them; pending ones unless another state is asked for."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=RegistrationCreateSerializer,
        responses={202: EmptySerializer},
        operation_id="registrations_create",
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Ask for an account; the answer is the same whether the address or name is taken or not."""
        body = read(RegistrationCreateSerializer, request)
        with invalid_as_400():
            registration_request(**body, client=client_info(request))
        return Response({}, status=202)


class RegistrationAvailabilityApi(APIView):
    """Whether asking is of use, for the page that would offer it."""

    authentication_classes = []
    permission_classes = [AllowAnyone]

    @extend_schema(responses=RegistrationAvailabilitySerializer, operation_id="registrations_availability")
    def get(self, request: Request) -> Response:
        """Say whether anyone may ask for an account here."""
        return Response({"open": settings.REGISTRATION_OPEN})


class RegistrationConfirmationApi(OpenView):
    """The applicant's address."""

    serializer_class = LinkTokenSerializer

    @extend_schema(request=LinkTokenSerializer, responses=EmptySerializer, operation_id="registrations_confirmation")
    def post(self, request: Request) -> Response:
        """Confirm the address with the token of the link, once; the registration waits for an admin then."""
        registration_confirm(**self.read(request), client=client_info(request))
        return Response({})


class RegistrationApprovalApi(RegistrationView, APIView):
    """Yes."""

    @extend_schema(request=ApprovalSerializer, responses={201: UserSerializer}, operation_id="registrations_approval")
    @idempotent
    def post(self, request: Request, pk: str) -> Response:
        """Make the account, an Employee's, and mail its owner an invitation."""
        registration = self.get_object()
        body = read(ApprovalSerializer, request)
        with invalid_as_400():
            user = registration_approve(registration=registration, **body)
        return Response(UserSerializer(with_roles(User.objects.all()).get(pk=user.pk)).data, status=201)


class RegistrationRefusalApi(RegistrationView, APIView):
    """No."""

    @extend_schema(request=RefusalSerializer, responses=EmptySerializer, operation_id="registrations_refusal")
    @idempotent
    def post(self, request: Request, pk: str) -> Response:
        """Refuse it; the applicant is told without the reason."""
        registration = self.get_object()
        registration_refuse(registration=registration, **read(RefusalSerializer, request))
        return Response({})
