"""Views of templates of tickets."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.permissions import SAFE_METHODS, BasePermission

from jwtauth.permissions import IsStaff
from jwtauth.principal import Principal
from servicekit.openapi import IF_MATCH
from tickets.api import template_serializers as serializers
from tickets.api.permissions import FilesTickets
from tickets.api.preset_views import PresetApi, PresetsApi
from tickets.models import TicketTemplate
from tickets.services.templates import template_change, template_create, template_delete


def _permissions(method: str | None) -> list[BasePermission]:
    """Who files reads what is offered, staff keeps."""
    return [FilesTickets() if method in SAFE_METHODS else IsStaff()]


@extend_schema_view(
    get=extend_schema(operation_id="ticket_templates_list", responses=serializers.TicketTemplateOutput(many=True)),
    post=extend_schema(
        operation_id="ticket_templates_create",
        request=serializers.TicketTemplateInput,
        responses={201: serializers.TicketTemplateOutput},
    ),
)
class TicketTemplatesApi(PresetsApi):
    """Templates of tickets: one's own, those that are offered to all, and for staff those that are shared."""

    model = TicketTemplate
    input = serializers.TicketTemplateInput

    def get_permissions(self) -> list[BasePermission]:
        """Who files reads what is offered, staff keeps."""
        return _permissions(self.request.method)

    def create(self, *, actor: Principal, fields: dict[str, Any]) -> TicketTemplate:
        """Keeps one."""
        return template_create(actor=actor, fields=fields)


@extend_schema_view(
    get=extend_schema(operation_id="ticket_templates_retrieve", responses=serializers.TicketTemplateOutput),
    patch=extend_schema(
        operation_id="ticket_templates_update",
        request=serializers.TicketTemplateInput,
        parameters=[IF_MATCH],
        responses=serializers.TicketTemplateOutput,
    ),
    delete=extend_schema(operation_id="ticket_templates_delete", responses={204: None}),
)
class TicketTemplateApi(PresetApi):
    """One template of tickets."""

    model = TicketTemplate
    input = serializers.TicketTemplateInput

    def get_permissions(self) -> list[BasePermission]:
        """Who files reads what is offered, staff keeps."""
        return _permissions(self.request.method)

    def change(self, row: TicketTemplate, *, actor: Principal, fields: dict[str, Any]) -> TicketTemplate:
        """Changes a locked one."""
        return template_change(row, actor=actor, fields=fields)

    def forget(self, row: TicketTemplate, *, actor: Principal) -> None:
        """Forgets a locked one."""
        template_delete(row, actor=actor)
