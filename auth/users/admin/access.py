"""Systems, roles, who holds them, and the services' credentials."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from users.admin.base import OperatorModelAdmin
from users.admin.people import grantable_roles
from users.admin_site import operator
from users.models import Role, RoleAssignment, ServiceClient, System
from users.selectors.administration import administered_systems, administers_system, role_assignment_list
from users.selectors.systems import role_list
from users.services.administration import role_create, role_edit, role_grant, role_take, system_create, system_rename
from users.services.service_clients import service_client_edit


@admin.register(System)
class SystemAdmin(OperatorModelAdmin):
    """Superusers make and rename systems."""

    list_display = fields = ("slug", "name")
    ordering = ("slug",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Any admin."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return operator(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return operator(request).is_superuser

    def get_readonly_fields(self, request: HttpRequest, obj: System | None = None) -> Any:
        """The slug stays, as tokens hold it."""
        return () if obj is None else ("slug",)

    def save_model(self, request: HttpRequest, obj: System, form: Any, change: bool) -> None:
        """Through the services."""
        if change:
            system_rename(system=System.objects.get(pk=obj.pk), name=form.cleaned_data["name"])
        else:
            obj.pk = system_create(slug=form.cleaned_data["slug"], name=form.cleaned_data["name"]).pk


@admin.register(Role)
class RoleAdmin(OperatorModelAdmin):
    """Admins make, rename and retire the roles of their systems."""

    list_display = ("__str__", "name", "is_active")
    list_filter = ("system", "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        """All, as `GET /api/v1/roles/`."""
        return role_list().order_by("system__slug", "slug")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Any admin."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Any admin, of their own systems."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """The system's admins."""
        return obj is None or administers_system(operator(request), obj.system.slug)

    def get_fields(self, request: HttpRequest, obj: Role | None = None) -> Any:
        """A new role is in use."""
        return ("system", "slug", "name") if obj is None else ("system", "slug", "name", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Role | None = None) -> Any:
        """The slug stays, as tokens hold it."""
        return () if obj is None else ("system", "slug")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The operator's systems."""
        by = operator(request)
        if not by.is_superuser:
            options["queryset"] = System.objects.filter(slug__in=administered_systems(by))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        """Through the services, which ask again."""
        by, values = operator(request), form.cleaned_data
        if change:
            stored = role_list().get(pk=obj.pk)
            role_edit(role=stored, by=by, name=values["name"], is_active=values["is_active"])
        else:
            obj.pk = role_create(system=values["system"], slug=values["slug"], name=values["name"], by=by).pk


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(OperatorModelAdmin):
    """Who holds which role, in the operator's systems."""

    list_display = ("user", "role")
    list_filter = ("role__system",)
    search_fields = ("user__username", "user__name")
    fields = ("user", "role")
    autocomplete_fields = ("user",)
    actions = ("take",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleAssignment]:
        """As `GET /api/v1/role-assignments/`."""
        return role_assignment_list(viewer=operator(request)).select_related("user").order_by("-id")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Any admin; the queryset says which."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Any admin, of their own systems."""
        return True

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The roles that the operator may give."""
        if db_field.name == "role":
            options["queryset"] = grantable_roles(operator(request))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: RoleAssignment, form: Any, change: bool) -> None:
        """Through the service, which asks again."""
        values = form.cleaned_data
        obj.pk = role_grant(user=values["user"], role=values["role"], by=operator(request)).pk

    @admin.action(description="Take from the user")
    def take(self, request: HttpRequest, rows: QuerySet[RoleAssignment]) -> None:
        """The users lose the roles and their sessions."""
        by = operator(request)
        self.each(request, rows, lambda row: role_take(assignment=row, by=by), "taken")


@admin.register(ServiceClient)
class ServiceClientAdmin(OperatorModelAdmin):
    """Superusers see the services' credentials and close them; a secret is only ever shown by the API."""

    list_display = ("client_id", "scopes", "is_active", "last_used_at")
    exclude = ("secret_hash",)
    actions = ("close", "open_again")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return operator(request).is_superuser

    @admin.action(description="Close")
    def close(self, request: HttpRequest, rows: QuerySet[ServiceClient]) -> None:
        """They get no token, and auth refuses those that they have."""
        self.each(request, rows, lambda row: service_client_edit(client=row, is_active=False), "closed")

    @admin.action(description="Open again")
    def open_again(self, request: HttpRequest, rows: QuerySet[ServiceClient]) -> None:
        """They get tokens again."""
        self.each(request, rows, lambda row: service_client_edit(client=row, is_active=True), "open again")
