"""People who wrote by e-mail; for messaging, not routed by the gateway."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import has_scope
from users.api.serializers.people import RequesterInputSerializer, RequesterSerializer
from users.services.requesters import requester_find_or_create


class RequesterApi(APIView):
    """The account of somebody who wrote to the desk."""

    permission_classes = [has_scope("requesters:create")]

    @extend_schema(
        operation_id="requester_find_or_create",
        request=RequesterInputSerializer,
        responses={200: RequesterSerializer, 201: RequesterSerializer},
    )
    def post(self, request: Request) -> Response:
        """Answer the account of the address; make one without a password when there is none."""
        form = RequesterInputSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user, created = requester_find_or_create(**form.validated_data)
        return Response({"id": user.pk, "is_active": user.is_active}, status=201 if created else 200)
