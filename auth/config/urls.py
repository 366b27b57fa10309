"""All routes of auth-service; the API's version appears here and nowhere else."""

from django.contrib import admin
from django.urls import include, path

from servicekit.swagger import SwaggerAssetApi, SwaggerUiApi
from servicekit.urls import schema_urls
from users.api.views.keys import JwksApi

urlpatterns = [
    path(".well-known/jwks.json", JwksApi.as_view()),
    path("api/v1/", include("users.api.urls")),
    path("internal/", include("users.api.internal_urls")),
    path("api/docs/", SwaggerUiApi.as_view()),
    path("api/docs/<slug:asset>.<str:suffix>", SwaggerAssetApi.as_view()),
    path("admin/", admin.site.urls),
    *schema_urls,
]

handler400 = "servicekit.problems.handler400"
handler403 = "servicekit.problems.handler403"
handler404 = "servicekit.problems.handler404"
handler500 = "servicekit.problems.handler500"
