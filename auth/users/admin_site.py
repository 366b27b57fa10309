"""The operators' site: who comes in, and how. What they find there is in users.admin."""

from typing import Any, cast

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase

from jsonlog import context
from jwtauth.principal import Principal
from servicekit.problems import Problem
from users.client_info import client_info
from users.models import User
from users.selectors.administration import administered_systems
from users.selectors.people import role_names
from users.services.audit import refusal_record
from users.services.sign_in import operator_sign_in


def operator(request: HttpRequest) -> Principal:
    """Who uses the site, with their roles as they are now; one query per request."""
    found = getattr(request, "operator", None)
    if found is None:
        user = cast(User, request.user)
        found = Principal(
            id=user.pk,
            kind="user",
            name=user.name,
            username=user.username,
            email=user.email,
            roles=frozenset(role_names(user.pk)),
            is_superuser=user.is_superuser,
            token_version=user.token_version,
        )
        request.operator = found  # type: ignore[attr-defined]
    return cast(Principal, found)


class OperatorSignInForm(AdminAuthenticationForm):
    """Password and second factor in one step, slowed down like any other sign-in."""

    code = forms.CharField(
        required=False,
        max_length=40,
        label="Code",
        help_text="Of your device, or a recovery code, if signing in needs one.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def clean(self) -> dict[str, Any]:
        """Signs in; every refusal is said in the form."""
        values = self.cleaned_data
        if self.request is None or not values.get("username") or not values.get("password"):
            return values
        try:
            self.user_cache = operator_sign_in(
                username=values["username"],
                password=values["password"],
                code=values.get("code", ""),
                client=client_info(self.request),
            )
        except Problem as problem:
            wait = problem.headers.get("Retry-After")
            raise ValidationError(f"{problem.title} Wait {wait} seconds." if wait else problem.title) from None
        return values


class OperatorSite(AdminSite):
    """Open to superusers and to the admins of any system; each sees what the API would show them."""

    site_header = site_title = "Accounts"
    index_title = "Operators"
    login_form = OperatorSignInForm
    login_template = "admin/operator_login.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this person may come in at all."""
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return False
        return user.is_superuser or bool(administered_systems(operator(request)))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Binds the actor for the audit log and the events, and writes refusals down."""

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if isinstance(request.user, User):
                context.set_actor(operator(request).as_actor())
            try:
                answer: HttpResponseBase = view(request, *args, **kwargs)
            except PermissionDenied as error:
                refusal_record(error=error, client=client_info(request), path=request.path)
                raise
            return answer

        return super().admin_view(inner, cacheable)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Not here: the API's way ends sessions and tells the owner."""
        raise Http404

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Not here either."""
        raise Http404
