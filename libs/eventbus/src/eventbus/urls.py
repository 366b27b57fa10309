"""Routes of the bus, included under `internal/`, which the gateway does not pass on."""

from django.urls import path

from eventbus.views import FeedApi

urlpatterns = [path("events", FeedApi.as_view(), name="events-feed")]
