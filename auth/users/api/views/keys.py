"""The public keys."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import AllowAnyone
from users import signing
from users.api.serializers.tokens import JwksSerializer


class JwksApi(APIView):
    """The keys that verify auth's tokens."""

    authentication_classes = []
    permission_classes = [AllowAnyone]

    @extend_schema(responses=JwksSerializer, operation_id="jwks")
    def get(self, request: Request) -> Response:
        """Answer the JWK set; may be cached for five minutes, as a key is published long before it signs."""
        return Response(signing.ring().jwks(), headers={"Cache-Control": "public, max-age=300"})
