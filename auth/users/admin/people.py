"""Accounts, registrations."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from jwtauth.principal import Principal
from users.admin.base import OperatorModelAdmin, ReasonForm, UserForm, reason_of
from users.admin_site import operator
from users.models import Registration, Role, User
from users.selectors.administration import administered_systems, administers_user, user_list
from users.selectors.people import loaded_role_names
from users.selectors.registrations import registration_list
from users.services.accounts import user_deactivate, user_reopen, user_suspend
from users.services.administration import second_factor_reset, user_edit, user_invite, user_invite_again
from users.services.registrations import registration_approve, registration_refuse

OWN_FIELDS = ("name", "department", "time_zone")


def grantable_roles(by: Principal) -> QuerySet[Role]:
    """The roles in use of the systems that they administer."""
    roles = Role.objects.select_related("system").filter(is_active=True)
    return roles if by.is_superuser else roles.filter(system__slug__in=administered_systems(by))


class InviteForm(UserForm):
    """A new account with its first roles."""

    roles = forms.ModelMultipleChoiceField(queryset=Role.objects.none())

    class Meta:
        model = User
        fields = ("username", "email", *OWN_FIELDS)


@admin.register(User)
class UserAdmin(OperatorModelAdmin):
    """Whom the operator may see; they change and close whom they administer."""

    list_display = ("username", "name", "email", "state", "held_roles", "last_login")
    search_fields = ("username", "name", "email")
    list_filter = ("is_active", "inactive_reason")
    readonly_fields = ("username", "email", "state", "held_roles", "is_superuser", "created_at", "last_login")
    action_form = ReasonForm
    actions = ("suspend", "deactivate", "reactivate", "invite_again", "remove_second_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """As `GET /api/v1/users/`."""
        return user_list(viewer=operator(request)).order_by("-id")

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """The queryset says whom."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Any admin invites to their own systems."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whom they administer."""
        return obj is None or administers_user(operator(request), obj)

    @admin.display(description="roles")
    def held_roles(self, user: User) -> str:
        """As `system:slug`."""
        return ", ".join(loaded_role_names(user))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """A new account's names can be written."""
        return () if obj is None else self.readonly_fields

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """No password, no flag, no permission."""
        return ("username", "email", *OWN_FIELDS, "roles") if obj is None else (*self.readonly_fields, *OWN_FIELDS)

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **options: Any) -> Any:
        """The invitation's form offers the roles that the operator may give."""
        if obj is not None:
            return super().get_form(request, obj, change, **options)
        form = super().get_form(request, obj, change, form=InviteForm, **options)
        cast("forms.ModelMultipleChoiceField[Role]", form.base_fields["roles"]).queryset = grantable_roles(
            operator(request)
        )
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Through the services, which ask again."""
        values = {name: form.cleaned_data[name] for name in OWN_FIELDS}
        if change:
            stored = User.objects.get(pk=obj.pk)
            user_edit(user=stored, by=operator(request), **values)
            return
        names = {name: form.cleaned_data[name] for name in ("username", "email")}
        made = user_invite(by=operator(request), roles=list(form.cleaned_data["roles"]), **names, **values)
        obj.pk = made.pk

    @admin.action(description="Suspend (needs a reason)")
    def suspend(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Closes them for the time being."""
        by = operator(request)
        self.each(request, users, lambda user: user_suspend(user=user, by=by, reason=reason_of(request)), "suspended")

    @admin.action(description="Deactivate")
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Closes them."""
        by = operator(request)
        self.each(request, users, lambda user: user_deactivate(user=user, by=by), "deactivated")

    @admin.action(description="Open again")
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Opens them."""
        by = operator(request)
        self.each(request, users, lambda user: user_reopen(user=user, by=by), "open again")

    @admin.action(description="Send another invitation")
    def invite_again(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Mails them another link."""
        by = operator(request)
        self.each(request, users, lambda user: user_invite_again(user=user, by=by), "invited again")

    @admin.action(description="Remove the second factor (lost device)")
    def remove_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Lets them in with the password alone."""
        by = operator(request)
        self.each(request, users, lambda user: second_factor_reset(user=user, by=by), "need no code any more")


@admin.register(Registration)
class RegistrationAdmin(OperatorModelAdmin):
    """Who asks for an account."""

    list_display = ("username", "name", "email", "department", "state", "created_at", "decided_at")
    list_filter = ("state",)
    action_form = ReasonForm
    actions = ("approve", "refuse")
    exclude = ("token_hash",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        """As `GET /api/v1/registrations/`."""
        return registration_list().order_by("-id")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who manages the Employees."""
        return operator(request).has_role("hdts:admin")

    @admin.action(description="Approve")
    def approve(self, request: HttpRequest, rows: QuerySet[Registration]) -> None:
        """Makes them Employees."""
        self.each(request, rows, lambda row: registration_approve(registration=row), "approved")

    @admin.action(description="Refuse (needs a reason)")
    def refuse(self, request: HttpRequest, rows: QuerySet[Registration]) -> None:
        """Tells them no."""
        self.each(
            request, rows, lambda row: registration_refuse(registration=row, reason=reason_of(request)), "refused"
        )
