"""Tokens: for passwords, for refresh tokens, for services."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.claims import verify
from jwtauth.conf import config
from jwtauth.errors import TokenRevoked
from servicekit.fields import NoInput
from users.api import cookies
from users.api.serializers.base import EmptySerializer
from users.api.serializers.passkeys import (
    PasskeyAnswerSerializer,
    PasskeyBeginSerializer,
    PasskeyOptionsSerializer,
)
from users.api.serializers.programs import PersonalTokenExchangeSerializer
from users.api.serializers.tokens import (
    ChallengeAnswerSerializer,
    ChallengeSerializer,
    ClientCredentialsSerializer,
    CredentialsSerializer,
    RefreshOrCookieSerializer,
    RefreshSerializer,
    ServiceTokenSerializer,
    TokenPairSerializer,
    VerifySerializer,
)
from users.api.views.base import OpenView, options_answer, pair_answer, secret_answer, wants_cookie
from users.client_info import client_info
from users.services.challenges import Challenge, challenge_answer
from users.services.personal_tokens import personal_token_exchange
from users.services.service_clients import service_token_issue
from users.services.sessions import session_end, session_refresh
from users.services.sign_in import passkey_begin, passkey_sign_in, sign_in


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

        Where the account has a second factor, the answer is 202 with a challenge for `token/totp/` or `token/passkey/`.
        """
        body = self.read(request)
        cookie = wants_cookie(request, body)
        signed_in = sign_in(**body, client=client_info(request))
        if isinstance(signed_in, Challenge):
            owed = {"challenge": signed_in.token, "expires_in": signed_in.expires_in, "methods": signed_in.methods}
            return secret_answer(owed, 202)
        return pair_answer(signed_in, cookie=cookie)


class TokenTotpApi(OpenView):
    """The second step."""

    serializer_class = ChallengeAnswerSerializer

    @extend_schema(request=ChallengeAnswerSerializer, responses=TokenPairSerializer, operation_id="token_totp")
    def post(self, request: Request) -> Response:
        """Exchange the challenge of the password step and a code for an access and a refresh token."""
        body = self.read(request)
        cookie = wants_cookie(request, body)
        pair = challenge_answer(token=body["challenge"], answer=body["code"], client=client_info(request))
        return pair_answer(pair, cookie=cookie)


class TokenPasskeyOptionsApi(OpenView):
    """What a passkey has to sign."""

    serializer_class = PasskeyBeginSerializer

    @extend_schema(
        request=PasskeyBeginSerializer, responses=PasskeyOptionsSerializer, operation_id="token_passkey_options"
    )
    def post(self, request: Request) -> Response:
        """Answer what to hand to the browser: for the challenge of a password step, or to sign in without a password.

        Without one the answer names no passkey: it is the same whoever asks.
        """
        challenge = self.read(request).get("challenge")
        return options_answer(passkey_begin(challenge=challenge, client=client_info(request)))


class TokenPasskeyApi(OpenView):
    """Sign in with a passkey."""

    serializer_class = PasskeyAnswerSerializer

    @extend_schema(request=PasskeyAnswerSerializer, responses=TokenPairSerializer, operation_id="token_passkey")
    def post(self, request: Request) -> Response:
        """Exchange a passkey's signature for an access and a refresh token.

        With the challenge of a password step it is the second factor; without one it must have verified its holder.
        """
        body = self.read(request)
        cookie = wants_cookie(request, body)
        given, client = body["credential"], client_info(request)
        if "challenge" in body:
            return pair_answer(challenge_answer(token=body["challenge"], answer=given, client=client), cookie=cookie)
        return pair_answer(passkey_sign_in(assertion=given, client=client), cookie=cookie)


class TokenRefreshApi(OpenView):
    """Stay signed in."""

    serializer_class = RefreshOrCookieSerializer

    @extend_schema(request=RefreshOrCookieSerializer, responses=TokenPairSerializer, operation_id="token_refresh")
    def post(self, request: Request) -> Response:
        """Exchange a refresh token, of the body or the cookie, for its successor and a new access token."""
        given = self.read(request).get("refresh")
        refresh = given or cookies.refresh_token(request)
        if not refresh:
            raise ValidationError({"refresh": [ErrorDetail("There is none here, and no cookie.", code="required")]})
        return pair_answer(session_refresh(refresh=refresh, client=client_info(request)), cookie=not given)

    @extend_schema(responses={204: None}, operation_id="token_refresh_forget")
    def delete(self, request: Request) -> Response:
        """Sign out a browser: end the session of the cookie's token, and have the cookie forgotten."""
        NoInput.check(request)
        refresh = cookies.refresh_token(request)
        if refresh:
            session_end(refresh=refresh, client=client_info(request))
        response = Response(status=204)
        cookies.clear(response)
        return response


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


class PersonalTokenApi(OpenView):
    """A script's access token."""

    serializer_class = PersonalTokenExchangeSerializer

    @extend_schema(
        request=PersonalTokenExchangeSerializer, responses=ServiceTokenSerializer, operation_id="token_personal"
    )
    def post(self, request: Request) -> Response:
        """Exchange a personal access token for a short access token with its scopes and its owner's present roles."""
        access, expires_in = personal_token_exchange(**self.read(request), client=client_info(request))
        return secret_answer({"access": access, "expires_in": expires_in})
