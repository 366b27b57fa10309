"""Routes below /api/v1/."""

from django.urls import path

from users.api.views import passwords, people, sessions, tokens

urlpatterns = [
    path("token/", tokens.TokenApi.as_view()),
    path("token/refresh/", tokens.TokenRefreshApi.as_view()),
    path("token/verify/", tokens.TokenVerifyApi.as_view()),
    path("token/blacklist/", tokens.TokenBlacklistApi.as_view()),
    path("token/service/", tokens.ServiceTokenApi.as_view()),
    path("password-reset/", passwords.PasswordResetApi.as_view()),
    path("password-reset/confirmation/", passwords.PasswordResetConfirmationApi.as_view()),
    path("invitations/acceptance/", passwords.InvitationAcceptanceApi.as_view()),
    path("sessions/", sessions.SessionListApi.as_view()),
    path("sessions/revocation/", sessions.SessionsRevocationApi.as_view()),
    path("sessions/<uuid:pk>/", sessions.SessionApi.as_view()),
    path("me/", people.MeApi.as_view()),
    path("me/password/", passwords.PasswordChangeApi.as_view()),
    path("systems/", people.SystemListApi.as_view()),
    path("users/", people.UserListApi.as_view()),
    path("users/<uuid:pk>/", people.UserDetailApi.as_view()),
    path("users/<uuid:pk>/deactivation/", people.UserDeactivationApi.as_view()),
]
