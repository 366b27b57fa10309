"""View of the dashboard's figures."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth import people
from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from servicekit.reading import read_query
from tickets import selectors
from tickets.api import statistics_serializers as serializers
from tickets.statistics import statistics_of


class StatisticsApi(APIView):
    """Figures over the tickets that the caller may see."""

    permission_classes = [IsUser]

    @extend_schema(
        operation_id="statistics_retrieve",
        parameters=[serializers.StatisticsQuery],
        responses=serializers.TicketStatisticsOutput,
    )
    def get(self, request: Request) -> Response:
        """What is open now; what came and was resolved in the last days, as the caller's time zone counts them."""
        query = read_query(serializers.StatisticsQuery, request)
        principal = principal_of(request)
        zone = query.get("time_zone") or _zone_of(principal.id)
        today = timezone.now().astimezone(zone).date()
        tickets = selectors.tickets_visible_to(principal)
        return Response(statistics_of(tickets, days=query["days"], today=today, zone=zone))


def _zone_of(user_id: object) -> ZoneInfo:
    person = people.by_ids([user_id]).get(user_id)
    return ZoneInfo(person.time_zone) if person and person.time_zone else ZoneInfo("UTC")
