"""The feed endpoint: this service's outbox, for services with `events:read`."""

from typing import Any

from django.db.models import Max
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eventbus.models import OutboxEvent
from jwtauth.permissions import has_scope

MAX_PAGE = 500


class _Query(serializers.Serializer[Any]):
    after = serializers.IntegerField(min_value=0, max_value=2**62, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_PAGE, default=200)
    types = serializers.CharField(required=False, allow_blank=True, default="")


class FeedApi(APIView):
    """Events after a position, in commit order."""

    permission_classes = [has_scope("events:read")]

    @extend_schema(
        operation_id="events_feed",
        parameters=[
            OpenApiParameter("after", int),
            OpenApiParameter("limit", int),
            OpenApiParameter("types", str, description="Comma-separated event types; all when absent."),
        ],
        responses=inline_serializer(
            "FeedPage",
            {"events": serializers.ListField(child=serializers.DictField()), "next": serializers.IntegerField()},
        ),
    )
    def get(self, request: Request) -> Response:
        """Answer `{"events": [...], "next": POSITION}`: ask again with `after=POSITION`."""
        query = _Query(data=request.query_params)
        query.is_valid(raise_exception=True)
        after, limit = query.validated_data["after"], query.validated_data["limit"]
        # Read first: every event up to here is visible to the next query, whatever commits meanwhile.
        highest = OutboxEvent.objects.aggregate(highest=Max("position"))["highest"] or 0
        rows = OutboxEvent.objects.filter(position__gt=after, position__lte=highest).order_by("position")
        types = [name for name in query.validated_data["types"].split(",") if name]
        if types:
            rows = rows.filter(type__in=types)
        page = list(rows.values_list("position", "envelope")[:limit])
        # Below `after`, it says that this database was put back to an earlier moment (feed.pull).
        position = page[-1][0] if len(page) == limit else highest
        return Response({"events": [envelope for _, envelope in page], "next": position})
