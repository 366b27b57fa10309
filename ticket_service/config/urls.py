"""All routes of ticket-service; the API's version appears here and nowhere else."""

from django.urls import include, path

from servicekit.urls import schema_urls

urlpatterns = [
    path("api/v1/", include("tickets.api.urls")),
    path("internal/", include("tickets.api.internal_urls")),
    *schema_urls,
]

handler400 = "servicekit.problems.handler400"
handler403 = "servicekit.problems.handler403"
handler404 = "servicekit.problems.handler404"
handler500 = "servicekit.problems.handler500"
