"""Routes below /internal/, for the other services."""

from django.urls import include, path

from users.api.views import requesters

urlpatterns = [
    path("", include("eventbus.urls")),
    path("requesters/", requesters.RequesterApi.as_view()),
]
