"""Passwords: changed, and set by a link from a mail. Addresses: changed by a link."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.principal import principal_of
from users.api.serializers.account import (
    AddressSerializer,
    EmailChangeSerializer,
    LinkPasswordSerializer,
    PasswordChangeSerializer,
)
from users.api.serializers.base import EmptySerializer
from users.api.serializers.registrations import LinkTokenSerializer
from users.api.serializers.tokens import TokenPairSerializer
from users.api.views.base import OpenView, UserView, invalid_as_400, pair_answer, proven, wants_cookie
from users.client_info import client_info
from users.models import OneTimeLink
from users.services.email_change import email_change_confirm, email_change_request
from users.services.passwords import password_change, password_reset_request, password_set_by_link


class PasswordChangeApi(UserView):
    """The caller's password."""

    serializer_class = PasswordChangeSerializer

    @extend_schema(request=PasswordChangeSerializer, responses=TokenPairSerializer, operation_id="me_password")
    def post(self, request: Request) -> Response:
        """Set a new password; every session ends, and the tokens of a new one are answered."""
        body = proven(request, self.read(request))
        cookie = wants_cookie(request, body)
        with invalid_as_400("new_password"):
            pair = password_change(
                user_id=principal_of(request).id,
                current=body["current_password"],
                new=body["new_password"],
                proof=body["proof"],
                client=client_info(request),
            )
        return pair_answer(pair, cookie=cookie)


class PasswordResetApi(OpenView):
    """A forgotten password."""

    serializer_class = AddressSerializer

    @extend_schema(request=AddressSerializer, responses={202: EmptySerializer}, operation_id="password_reset")
    def post(self, request: Request) -> Response:
        """Have a link sent to the address; the answer is the same whether there is such an account or not."""
        password_reset_request(**self.read(request), client=client_info(request))
        return Response({}, status=202)


class LinkPasswordView(OpenView):
    """Setting a password with the token of a link."""

    serializer_class = LinkPasswordSerializer
    purpose: OneTimeLink.Purpose

    def redeem(self, request: Request) -> Response:
        """Set the password; the link is used up and every session ends."""
        body = self.read(request)
        with invalid_as_400("password"):
            password_set_by_link(**body, purpose=self.purpose, client=client_info(request))
        return Response({})


class PasswordResetConfirmationApi(LinkPasswordView):
    """The link of a forgotten password."""

    purpose = OneTimeLink.Purpose.PASSWORD_RESET

    @extend_schema(
        request=LinkPasswordSerializer, responses=EmptySerializer, operation_id="password_reset_confirmation"
    )
    def post(self, request: Request) -> Response:
        """Set a new password with the token of the link, once; every session ends."""
        return self.redeem(request)


class InvitationAcceptanceApi(LinkPasswordView):
    """The link of a new account."""

    purpose = OneTimeLink.Purpose.INVITATION

    @extend_schema(request=LinkPasswordSerializer, responses=EmptySerializer, operation_id="invitation_acceptance")
    def post(self, request: Request) -> Response:
        """Set the account's first password with the token of the link, once."""
        return self.redeem(request)


class EmailChangeApi(UserView):
    """The caller's e-mail address."""

    serializer_class = EmailChangeSerializer

    @extend_schema(request=EmailChangeSerializer, responses={202: EmptySerializer}, operation_id="me_email")
    def post(self, request: Request) -> Response:
        """Have a link sent to a new address; the answer is the same whether that is taken or not."""
        body = proven(request, self.read(request))
        email_change_request(user_id=principal_of(request).id, **body, client=client_info(request))
        return Response({}, status=202)


class EmailChangeConfirmationApi(OpenView):
    """The link that was sent to a new address."""

    serializer_class = LinkTokenSerializer

    @extend_schema(request=LinkTokenSerializer, responses=EmptySerializer, operation_id="email_change_confirmation")
    def post(self, request: Request) -> Response:
        """Make the new address the account's with the token of the link, once."""
        email_change_confirm(**self.read(request), client=client_info(request))
        return Response({})
