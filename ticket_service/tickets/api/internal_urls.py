"""Routes of ticket-service below /internal/, for the other services."""

from django.urls import include, path

from tickets.api import mail_views

urlpatterns = [
    path("", include("eventbus.urls")),
    path("tickets/<uuid:id>/", mail_views.MailedTicketApi.as_view(), name="mailed-ticket"),
]
