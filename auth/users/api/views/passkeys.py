"""Passkeys of the caller."""

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
from users.api.serializers.base import EmptySerializer
from users.api.serializers.passkeys import (
    PasskeyCreatedSerializer,
    PasskeyCreateSerializer,
    PasskeyEditSerializer,
    PasskeyOptionsSerializer,
    PasskeySerializer,
)
from users.api.serializers.reauthentication import PasswordAndProofSerializer
from users.api.views.base import UserView, matching, options_answer, proven, secret_answer, versioned
from users.client_info import client_info
from users.models import Passkey
from users.selectors.sessions import passkey_list
from users.services.passkeys import (
    passkey_add,
    passkey_begin,
    passkey_confirm_begin,
    passkey_remove,
    passkey_rename,
)


class OwnPasskeys(GenericAPIView[Passkey]):
    """Nobody sees another's, not even an admin; and no script adds or removes any."""

    permission_classes = [IsSignedIn]
    serializer_class = PasskeySerializer

    def get_queryset(self) -> QuerySet[Passkey]:
        """The caller's."""
        if getattr(self, "swagger_fake_view", False):
            return Passkey.objects.none()
        return passkey_list(user_id=principal_of(self.request).id)


class PasskeyListApi(OwnPasskeys, ListAPIView[Passkey]):
    """What the caller can sign in with instead of the password, or after it; newest first."""

    @extend_schema(
        request=PasskeyCreateSerializer,
        responses={201: PasskeyCreatedSerializer},
        operation_id="me_passkeys_create",
    )
    def post(self, request: Request) -> Response:
        """Add the one that a browser made of `me/passkeys/options/`; the first brings recovery codes, shown once."""
        body, caller = read(PasskeyCreateSerializer, request), principal_of(request)
        passkey, codes = passkey_add(
            user_id=caller.id, session_id=caller.session_id, name=body["name"], attestation=body["credential"]
        )
        return secret_answer({**self.get_serializer(passkey).data, "recovery_codes": codes}, 201)


class PasskeyApi(OwnPasskeys):
    """One of them."""

    @extend_schema(operation_id="me_passkeys_retrieve")
    def get(self, request: Request, pk: str) -> Response:
        """Answer it; its version is the ETag."""
        passkey = self.get_object()
        return versioned(self.get_serializer(passkey).data, version=passkey.version)

    @extend_schema(
        request=PasskeyEditSerializer,
        responses=PasskeySerializer,
        parameters=[IF_MATCH],
        operation_id="me_passkeys_rename",
    )
    def patch(self, request: Request, pk: str) -> Response:
        """Give it another name, based on the version that `If-Match` names."""
        body, passkey = read(PasskeyEditSerializer, request), self.get_object()
        renamed = passkey_rename(passkey=passkey, match=matching(request), **body)
        return versioned(self.get_serializer(renamed).data, version=renamed.version)


class PasskeyRemovalApi(OwnPasskeys):
    """Removing it."""

    @extend_schema(request=PasswordAndProofSerializer, responses=EmptySerializer, operation_id="me_passkeys_removal")
    def post(self, request: Request, pk: str) -> Response:
        """Remove it, for the password and a code or a passkey; this one will do."""
        body, passkey = read(PasswordAndProofSerializer, request), self.get_object()
        passkey_remove(passkey=passkey, **proven(request, body), client=client_info(request))
        return Response({})


class PasskeyOptionsApi(UserView):
    """The first step to a new one."""

    serializer_class = PasswordAndProofSerializer

    @extend_schema(
        request=PasswordAndProofSerializer, responses=PasskeyOptionsSerializer, operation_id="me_passkeys_options"
    )
    def post(self, request: Request) -> Response:
        """Answer what the browser makes a passkey of, for the password and, where it is on, the second factor."""
        body = proven(request, self.read(request))
        return options_answer(passkey_begin(user_id=principal_of(request).id, **body, client=client_info(request)))


class PasskeyConfirmationApi(UserView):
    """Showing with a passkey that it is still the caller."""

    @extend_schema(request=None, responses=PasskeyOptionsSerializer, operation_id="me_passkeys_confirmation")
    def post(self, request: Request) -> Response:
        """Answer what one of the caller's passkeys has to sign, for a change in this session that needs it."""
        NoInput.check(request)
        caller = principal_of(request)
        options = passkey_confirm_begin(user_id=caller.id, session_id=caller.session_id, client=client_info(request))
        return options_answer(options)
