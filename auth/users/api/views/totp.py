"""The second factor of the caller."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jwtauth.principal import principal_of
from users.api.serializers.account import EnrolmentSerializer, RecoveryCodesSerializer, TotpSerializer
from users.api.serializers.base import EmptySerializer
from users.api.serializers.reauthentication import CodeSerializer, PasswordAndProofSerializer, ProofSerializer
from users.api.views.base import UserView, proven, secret_answer
from users.client_info import client_info
from users.selectors.sessions import recovery_codes_left
from users.services import totp
from users.services.second_factor import recovery_codes_renew


class TotpApi(UserView):
    """The device that shows codes."""

    serializer_class = PasswordAndProofSerializer

    @extend_schema(responses=TotpSerializer, operation_id="me_totp")
    def get(self, request: Request) -> Response:
        """Say whether it is on, and how many recovery codes are left."""
        user_id = principal_of(request).id
        left = recovery_codes_left(user_id=user_id)
        return Response({"enabled": totp.totp_is_on(user_id=user_id), "recovery_codes_left": left})

    @extend_schema(request=PasswordAndProofSerializer, responses=EnrolmentSerializer, operation_id="me_totp_begin")
    def post(self, request: Request) -> Response:
        """Answer a new seed, once; it counts when a code of it has been confirmed."""
        body = proven(request, self.read(request))
        begun = totp.totp_begin(user_id=principal_of(request).id, **body, client=client_info(request))
        return secret_answer({"secret": begun.seed, "uri": begun.uri})


class TotpConfirmationApi(UserView):
    """Switching it on."""

    serializer_class = CodeSerializer

    @extend_schema(request=CodeSerializer, responses=RecoveryCodesSerializer, operation_id="me_totp_confirmation")
    def post(self, request: Request) -> Response:
        """Confirm with a first code; the recovery codes are answered once."""
        codes = totp.totp_confirm(user_id=principal_of(request).id, **self.read(request))
        return secret_answer({"recovery_codes": codes})


class TotpRemovalApi(UserView):
    """Switching it off."""

    serializer_class = PasswordAndProofSerializer

    @extend_schema(request=PasswordAndProofSerializer, responses=EmptySerializer, operation_id="me_totp_removal")
    def post(self, request: Request) -> Response:
        """Switch it off, for the password and a code or a passkey."""
        body = proven(request, self.read(request))
        totp.totp_remove(user_id=principal_of(request).id, **body, client=client_info(request))
        return Response({})


class RecoveryCodesApi(UserView):
    """New recovery codes."""

    serializer_class = ProofSerializer

    @extend_schema(request=ProofSerializer, responses=RecoveryCodesSerializer, operation_id="me_totp_recovery_codes")
    def post(self, request: Request) -> Response:
        """Answer new recovery codes for a code or a passkey, once; the old ones are void."""
        body = proven(request, self.read(request))
        codes = recovery_codes_renew(user_id=principal_of(request).id, **body, client=client_info(request))
        return secret_answer({"recovery_codes": codes})
