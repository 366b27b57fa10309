"""Routes below /api/v1/."""

from django.urls import path

from users.api.views import people, tokens

urlpatterns = [
    path("token/", tokens.TokenApi.as_view()),
    path("token/refresh/", tokens.TokenRefreshApi.as_view()),
    path("token/verify/", tokens.TokenVerifyApi.as_view()),
    path("token/blacklist/", tokens.TokenBlacklistApi.as_view()),
    path("token/service/", tokens.ServiceTokenApi.as_view()),
    path("me/", people.MeApi.as_view()),
    path("systems/", people.SystemListApi.as_view()),
    path("users/", people.UserListApi.as_view()),
    path("users/<uuid:pk>/", people.UserDetailApi.as_view()),
    path("users/<uuid:pk>/deactivation/", people.UserDeactivationApi.as_view()),
]
