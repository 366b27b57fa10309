"""HTTP of what went wrong: suppressed addresses; and of the link that mutes a kind of e-mail."""

from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import AllowAnyone
from notifications.api.delivery_serializers import SuppressionOut, UnsubscriptionOut
from notifications.api.delivery_views import DESK
from notifications.channels.provider import reports
from notifications.models import Suppression
from notifications.services.delivery import delivery_reported, suppression_lift
from notifications.services.preference import unsubscribe, unsubscription


@extend_schema_view(get=extend_schema(operation_id="suppression_list"))
class SuppressionListApi(ListAPIView[Suppression]):
    """The addresses to which nothing is sent, newest first."""

    permission_classes = DESK
    serializer_class = SuppressionOut
    queryset = Suppression.objects.all()


class SuppressionApi(APIView):
    """One such address."""

    permission_classes = DESK

    @extend_schema(operation_id="suppression_lift", request=None, responses={204: None})
    def delete(self, request: Request, id: UUID) -> Response:
        """Send there again."""
        suppression_lift(suppression_id=id)
        return Response(status=204)


class MailReportApi(APIView):
    """What the provider of e-mail says afterwards; its secret, and where it signs its signature, are the authority."""

    authentication_classes = []
    permission_classes = [AllowAnyone]

    @extend_schema(operation_id="mail_report", request={"application/json": {}}, responses={204: None}, auth=[])
    def post(self, request: Request, provider: str) -> Response:
        """Write no more to addresses that bounced or whose people complained; anything else changes nothing."""
        for report in reports(provider, request._request):
            delivery_reported(report=report)
        return Response(status=204)


class UnsubscribeApi(APIView):
    """The link in an e-mail; its signature is all the authority that it needs."""

    authentication_classes = []
    permission_classes = [AllowAnyone]

    @extend_schema(operation_id="unsubscription", responses=UnsubscriptionOut, auth=[])
    def get(self, request: Request, token: str) -> Response:
        """Say whether this kind of e-mail comes; a look changes nothing, so that a scanner of links mutes nobody."""
        return Response(UnsubscriptionOut(unsubscription(token=token)).data)

    @extend_schema(operation_id="unsubscribe", request=None, responses=UnsubscriptionOut, auth=[])
    def post(self, request: Request, token: str) -> Response:
        """Mute it (RFC 8058); the body, which is always the same, is not read."""
        return Response(UnsubscriptionOut(unsubscribe(token=token)).data)
