"""The feed, as a service mounts it."""

from django.urls import include, path

urlpatterns = [path("internal/", include("eventbus.urls"))]
