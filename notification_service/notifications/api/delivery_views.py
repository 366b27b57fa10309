"""HTTP of deliveries and of the endpoints that programs and rooms listen at."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import has_role
from notifications.api.delivery_serializers import (
    DeliveryDetailOut,
    EndpointFields,
    EndpointIn,
    EndpointMadeOut,
    EndpointOut,
)
from notifications.api.serializers import DeliveryOut, DeliveryQuery
from notifications.models import Delivery, Endpoint
from notifications.selectors import delivery_get, delivery_list, endpoint_get
from notifications.services.delivery import delivery_resend
from notifications.services.endpoint import endpoint_change, endpoint_create, endpoint_delete
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from servicekit.reading import read_query

DESK = [has_role("tts:admin", "tts:ticket-coordinator")]
ADMIN = [has_role("tts:admin")]


@extend_schema_view(get=extend_schema(operation_id="delivery_list", parameters=[DeliveryQuery]))
class DeliveryListApi(ListAPIView[Delivery]):
    """What became of every message, newest first."""

    permission_classes = DESK
    serializer_class = DeliveryOut
    queryset = Delivery.objects.none()

    def get_queryset(self) -> QuerySet[Delivery]:
        """Return the deliveries that the filters leave."""
        query = read_query(DeliveryQuery, self.request)
        return delivery_list(**query)


class DeliveryApi(APIView):
    """One delivery."""

    permission_classes = DESK

    @extend_schema(operation_id="delivery", responses=DeliveryDetailOut)
    def get(self, request: Request, id: UUID) -> Response:
        """Answer it with every attempt."""
        return Response(DeliveryDetailOut(delivery_get(delivery_id=id)).data)


class DeliveryResendingApi(APIView):
    """One delivery, once more."""

    permission_classes = DESK

    @extend_schema(operation_id="delivery_resend", request=None, responses={202: DeliveryOut})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Send it again, with the same words and the same id."""
        NoInput.check(request)
        return Response(DeliveryOut(delivery_resend(delivery_id=id)).data, status=202)


@extend_schema_view(get=extend_schema(operation_id="endpoint_list"))
class EndpointListApi(ListAPIView[Endpoint]):
    """The webhooks and rooms of the desk."""

    permission_classes = ADMIN
    serializer_class = EndpointOut
    queryset = Endpoint.objects.all()

    @extend_schema(operation_id="endpoint_create", request=EndpointIn, responses={201: EndpointMadeOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make one, and answer its signing secret this once."""
        body = EndpointIn(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(EndpointMadeOut(endpoint_create(**body.validated_data)).data, status=201)


class EndpointApi(APIView):
    """One webhook or room."""

    permission_classes = ADMIN

    @extend_schema(operation_id="endpoint", responses=EndpointOut)
    def get(self, request: Request, id: UUID) -> Response:
        """Answer it."""
        return Response(EndpointOut(endpoint_get(endpoint_id=id)).data)

    @extend_schema(operation_id="endpoint_change", request=EndpointFields(partial=True), responses=EndpointOut)
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what is given."""
        body = EndpointFields(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        return Response(EndpointOut(endpoint_change(endpoint_id=id, **body.validated_data)).data)

    @extend_schema(operation_id="endpoint_delete", request=None, responses={204: None})
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete it with its delivery log."""
        endpoint_delete(endpoint_id=id)
        return Response(status=204)
