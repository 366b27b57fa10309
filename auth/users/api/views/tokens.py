"""Tokens: for passwords, for refresh tokens, for services."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.claims import verify
from jwtauth.conf import config
from jwtauth.errors import TokenRevoked
from users.api.serializers import (
    ChallengeAnswerSerializer,
    ChallengeSerializer,
    ClientCredentialsSerializer,
    CredentialsSerializer,
    EmptySerializer,
    RefreshSerializer,
    ServiceTokenSerializer,
    TokenPairSerializer,
    VerifySerializer,
)
from users.api.views.base import OpenView, secret_answer
from users.client_info import client_info
from users.services.challenges import Challenge, challenge_answer
from users.services.service_clients import service_token_issue
from users.services.sessions import TokenPair, session_end, session_refresh
from users.services.sign_in import sign_in


def _pair(pair: TokenPair) -> Response:
    return secret_answer({"access": pair.access, "refresh": pair.refresh})


class TokenApi(OpenView):
    """Sign in."""

    serializer_class = CredentialsSerializer

    @extend_schema(
        request=CredentialsSerializer,
        responses={200: TokenPairSerializer, 202: ChallengeSerializer},
        operation_id="token_create",
    )
    def post(self, request: Request) -> Response:
        """Exchange a user name or e-mail address and a password for an access and a refresh token.

        Where the account has a second factor, the answer is 202 with a challenge for `token/totp/`.
        """
        signed_in = sign_in(**self.read(request), client=client_info(request))
        if isinstance(signed_in, Challenge):
            return secret_answer({"challenge": signed_in.token, "expires_in": signed_in.expires_in}, 202)
        return _pair(signed_in)


class TokenTotpApi(OpenView):
    """The second step."""

    serializer_class = ChallengeAnswerSerializer

    @extend_schema(request=ChallengeAnswerSerializer, responses=TokenPairSerializer, operation_id="token_totp")
    def post(self, request: Request) -> Response:
        """Exchange the challenge of the password step and a code for an access and a refresh token."""
        body = self.read(request)
        return _pair(challenge_answer(token=body["challenge"], code=body["code"], client=client_info(request)))


class TokenRefreshApi(OpenView):
    """Stay signed in."""

    serializer_class = RefreshSerializer

    @extend_schema(request=RefreshSerializer, responses=TokenPairSerializer, operation_id="token_refresh")
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for its successor and a new access token."""
        return _pair(session_refresh(**self.read(request), client=client_info(request)))


class TokenVerifyApi(OpenView):
    """Ask whether an access token is good."""

    serializer_class = VerifySerializer

    @extend_schema(request=VerifySerializer, responses=EmptySerializer, operation_id="token_verify")
    def post(self, request: Request) -> Response:
        """Answer 200 for a token that auth itself would accept now, 401 for any other."""
        principal = verify(self.read(request)["token"])
        if config().is_revoked(principal):
            raise TokenRevoked
        return Response({})


class TokenBlacklistApi(OpenView):
    """Sign out."""

    serializer_class = RefreshSerializer

    @extend_schema(request=RefreshSerializer, responses=EmptySerializer, operation_id="token_blacklist")
    def post(self, request: Request) -> Response:
        """End the session of a refresh token; 200 for an unknown one too, as it opens nothing (RFC 7009)."""
        session_end(**self.read(request), client=client_info(request))
        return Response({})


class ServiceTokenApi(OpenView):
    """A service's own token."""

    serializer_class = ClientCredentialsSerializer

    @extend_schema(request=ClientCredentialsSerializer, responses=ServiceTokenSerializer, operation_id="token_service")
    def post(self, request: Request) -> Response:
        """Exchange a service's credentials for a token that the service `audience` accepts."""
        access, expires_in = service_token_issue(**self.read(request), client=client_info(request))
        return secret_answer({"access": access, "expires_in": expires_in})
