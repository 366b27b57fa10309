"""What happened, and why somebody may do something."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import IsUser
from jwtauth.principal import principal_of
from servicekit.reading import read_query
from users.api.permissions import ReadsAuditLog
from users.api.serializers.audit import (
    AuditEntrySerializer,
    AuditFilterSerializer,
    ExplanationQuerySerializer,
    ExplanationSerializer,
)
from users.models import AuditEntry, User
from users.selectors.administration import user_list
from users.selectors.audit import AuditFilter, audit_list, explain


class AuditLogApi(ListAPIView[AuditEntry]):
    """The audit log, newest first."""

    permission_classes = [ReadsAuditLog]
    serializer_class = AuditEntrySerializer

    def get_queryset(self) -> QuerySet[AuditEntry]:
        """The entries that were asked for."""
        if getattr(self, "swagger_fake_view", False):
            return AuditEntry.objects.none()
        return audit_list(AuditFilter(**read_query(AuditFilterSerializer, self.request)))

    @extend_schema(parameters=[AuditFilterSerializer], operation_id="audit_log_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the entries that meet every condition."""
        return super().get(request, *args, **kwargs)


class ExplanationApi(APIView):
    """Why may this user do that?"""

    permission_classes = [IsUser]

    @extend_schema(
        parameters=[ExplanationQuerySerializer], responses=ExplanationSerializer, operation_id="access_explain"
    )
    def get(self, request: Request) -> Response:
        """Say whether `user` may do what `role` allows, and every reason; of oneself, or of whom the caller may see."""
        query = read_query(ExplanationQuerySerializer, request)
        principal, wanted = principal_of(request), query["user"]
        people = User.objects.all() if wanted == principal.id else user_list(viewer=principal)
        explanation = explain(user=get_object_or_404(people, pk=wanted), role=query["role"])
        return Response(ExplanationSerializer(explanation).data)
