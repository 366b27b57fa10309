"""HTTP of what people choose, and of why they were told or not."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from notifications.api.serializers import (
    PreferenceIn,
    PreferencesOut,
    QuietHoursIn,
    QuietHoursOut,
    WhyOut,
    WhyQuery,
)
from notifications.selectors import preferences_of
from notifications.selectors.why import why
from notifications.services.preference import preference_set, quiet_hours_clear, quiet_hours_set
from servicekit.reading import read_query


class PreferencesApi(APIView):
    """The caller's own preferences."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="preferences", responses=PreferencesOut)
    def get(self, request: Request) -> Response:
        """Answer the whole matrix kind x channel, and the quiet hours."""
        return Response(PreferencesOut(preferences_of(principal=principal_of(request))).data)


class PreferenceApi(APIView):
    """One cell of the matrix."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="preference_set", request=PreferenceIn, responses=PreferencesOut)
    def put(self, request: Request, kind: str, channel: str) -> Response:
        """Keep the choice, and answer the whole matrix."""
        body = PreferenceIn(data=request.data)
        body.is_valid(raise_exception=True)
        principal = principal_of(request)
        preference_set(
            principal=principal,
            kind=kind,
            channel=channel,
            is_on=body.validated_data["on"],
            digest_minutes=body.validated_data["digest_minutes"],
        )
        return Response(PreferencesOut(preferences_of(principal=principal)).data)


class QuietHoursApi(APIView):
    """When the caller wants no message."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="quiet_hours_set", request=QuietHoursIn, responses=QuietHoursOut)
    def put(self, request: Request) -> Response:
        """Keep the hours."""
        body = QuietHoursIn(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(QuietHoursOut(quiet_hours_set(principal=principal_of(request), **body.validated_data)).data)

    @extend_schema(operation_id="quiet_hours_clear", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Have none."""
        quiet_hours_clear(principal=principal_of(request))
        return Response(status=204)


class WhyApi(APIView):
    """Why somebody was, or was not, told of an event."""

    permission_classes = [IsUser]

    @extend_schema(operation_id="why", parameters=[WhyQuery], responses=WhyOut)
    def get(self, request: Request) -> Response:
        """Answer rule, preference, quiet hours, digest and the other side's answer that decided."""
        query = read_query(WhyQuery, request)
        principal = principal_of(request)
        user_id = query.get("user", principal.id)
        return Response(WhyOut(why(principal=principal, event_id=query["event"], user_id=user_id)).data)
