"""Personal access tokens of the caller, and the services' credentials."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.permissions import IsSignedIn
from jwtauth.principal import principal_of
from servicekit.fields import NoInput
from servicekit.openapi import IF_MATCH
from servicekit.reading import read
from users.api.permissions import IsSuperuser
from users.api.serializers.programs import (
    ClientSecretSerializer,
    PersonalTokenCreatedSerializer,
    PersonalTokenCreateSerializer,
    PersonalTokenSerializer,
    ServiceClientCreatedSerializer,
    ServiceClientCreateSerializer,
    ServiceClientEditSerializer,
    ServiceClientSerializer,
)
from users.api.serializers.reauthentication import PasswordAndProofSerializer
from users.api.views.base import invalid_as_400, matching, proven, secret_answer, versioned
from users.client_info import client_info
from users.models import PersonalAccessToken, ServiceClient
from users.selectors.registrations import service_client_list
from users.selectors.sessions import personal_token_list
from users.services.personal_tokens import personal_token_create, personal_token_revoke
from users.services.service_clients import (
    service_client_create,
    service_client_delete,
    service_client_edit,
    service_client_renew,
)


class OwnPersonalTokens(GenericAPIView[PersonalAccessToken]):
    """Nobody sees another's, not even an admin; and no script makes or revokes any."""

    permission_classes = [IsSignedIn]
    serializer_class = PersonalTokenSerializer

    def get_queryset(self) -> QuerySet[PersonalAccessToken]:
        """The caller's that are good."""
        if getattr(self, "swagger_fake_view", False):
            return PersonalAccessToken.objects.none()
        return personal_token_list(user_id=principal_of(self.request).id)


class PersonalTokenListApi(OwnPersonalTokens, ListAPIView[PersonalAccessToken]):
    """What the caller's scripts sign in with, newest first."""

    @extend_schema(
        request=PersonalTokenCreateSerializer,
        responses={201: PersonalTokenCreatedSerializer},
        operation_id="me_access_tokens_create",
    )
    def post(self, request: Request) -> Response:
        """Make one, for password and second factor; its text is answered once, and exchanged at `token/personal/`."""
        body = proven(request, read(PersonalTokenCreateSerializer, request))
        token, text = personal_token_create(user_id=principal_of(request).id, client=client_info(request), **body)
        return secret_answer({**self.get_serializer(token).data, "token": text}, 201)


class PersonalTokenApi(OwnPersonalTokens):
    """One of them."""

    @extend_schema(responses={204: None}, operation_id="me_access_tokens_revoke")
    def delete(self, request: Request, pk: str) -> Response:
        """Revoke it."""
        NoInput.check(request)
        personal_token_revoke(token=self.get_object())
        return Response(status=204)


class ServiceClientView(GenericAPIView[ServiceClient]):
    """A service's token reads every event of the suite: superusers only, and no script of theirs."""

    permission_classes = [IsSignedIn, IsSuperuser]
    serializer_class = ServiceClientSerializer

    def get_queryset(self) -> QuerySet[ServiceClient]:
        """All of them."""
        return service_client_list()

    def answer(self, client: ServiceClient) -> dict[str, Any]:
        """The client as stored now."""
        return dict(self.get_serializer(service_client_list().get(pk=client.pk)).data)


class ServiceClientListApi(ServiceClientView, ListAPIView[ServiceClient]):
    """The services' credentials, newest first."""

    @extend_schema(
        request=ServiceClientCreateSerializer,
        responses={201: ServiceClientCreatedSerializer},
        operation_id="service_clients_create",
    )
    def post(self, request: Request) -> Response:
        """Register a client, for password and second factor; its secret is answered once."""
        body = proven(request, read(ServiceClientCreateSerializer, request))
        with invalid_as_400():
            client, secret = service_client_create(
                user_id=principal_of(request).id, asked_from=client_info(request), **body
            )
        return secret_answer({**self.answer(client), "client_secret": secret}, 201)


class ServiceClientApi(ServiceClientView):
    """One of them."""

    @extend_schema(operation_id="service_clients_retrieve")
    def get(self, request: Request, pk: str) -> Response:
        """Answer the client without its secret; its version is the ETag."""
        client = self.get_object()
        return versioned(self.get_serializer(client).data, version=client.version)

    @extend_schema(
        request=ServiceClientEditSerializer,
        responses=ServiceClientSerializer,
        parameters=[IF_MATCH],
        operation_id="service_clients_edit",
    )
    def patch(self, request: Request, pk: str) -> Response:
        """Give it other scopes, close it, or open it again, based on the version that `If-Match` names."""
        client, body = self.get_object(), read(ServiceClientEditSerializer, request)
        service_client_edit(client=client, match=matching(request), **body)
        answer = self.answer(client)
        return versioned(answer, version=answer["version"])

    @extend_schema(responses={204: None}, operation_id="service_clients_delete")
    def delete(self, request: Request, pk: str) -> Response:
        """Revoke it for good."""
        NoInput.check(request)
        service_client_delete(client=self.get_object())
        return Response(status=204)


class ServiceClientSecretApi(ServiceClientView):
    """A client's secret."""

    @extend_schema(
        request=PasswordAndProofSerializer, responses=ClientSecretSerializer, operation_id="service_clients_secret"
    )
    def post(self, request: Request, pk: str) -> Response:
        """Answer another secret, once, for password and second factor; the one before is void."""
        client, body = self.get_object(), proven(request, read(PasswordAndProofSerializer, request))
        secret = service_client_renew(
            client=client, user_id=principal_of(request).id, asked_from=client_info(request), **body
        )
        return secret_answer({"client_secret": secret})
