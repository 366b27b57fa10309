"""What the operators' pages have in common: they show what selectors give, and change it through services alone."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from servicekit.problems import Problem
from users.client_info import client_info
from users.errors import NotAdministered
from users.models import User
from users.services.audit import refusal_record

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    UserForm = forms.ModelForm[User]
else:
    _ModelAdmin = admin.ModelAdmin
    UserForm = forms.ModelForm


class ReasonForm(ActionForm):
    """The choice of an action, with room for the reason that some need."""

    reason = forms.CharField(required=False, max_length=300)


class OperatorModelAdmin(_ModelAdmin):
    """Closed unless a page opens it; nothing is ever deleted here."""

    show_full_result_count = False
    list_per_page = 50
    ordering = ("-id",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may see such things sees that there are some."""
        return self.admin_site.has_permission(request) and self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page says who."""
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page says who."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page says who."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: accounts are closed, roles retired, history stays."""
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """What a service refuses is said on the list's page."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (Problem, ValidationError) as error:
            self.message_user(request, said(error, request), messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def each(self, request: HttpRequest, rows: Iterable[Any], work: Callable[[Any], object], done: str) -> None:
        """Does the work to each row; says how many were done, and of each other one why not."""
        count = 0
        for row in rows:
            try:
                work(row)
                count += 1
            except (Problem, ValidationError) as error:
                self.message_user(request, f"{row}: {said(error, request)}", messages.ERROR)
        self.message_user(request, f"{count} {done}.", messages.SUCCESS if count else messages.WARNING)


def said(error: Problem | ValidationError, request: HttpRequest) -> str:
    """What an error says to people; a refusal is in the audit log then."""
    if isinstance(error, NotAdministered):
        refusal_record(error=error, client=client_info(request), path=request.path)
    return error.title if isinstance(error, Problem) else " ".join(error.messages)


def reason_of(request: HttpRequest) -> str:
    """The reason typed beside the action; raises ValidationError without one."""
    reason = request.POST.get("reason", "").strip()[:300]
    if not reason:
        raise ValidationError("Say why, beside the action.")
    return reason
