"""Routes below /api/v1/."""

from django.urls import path

from users.api.views import audit, passwords, people, roles, sessions, tokens, totp

urlpatterns = [
    path("token/", tokens.TokenApi.as_view()),
    path("token/totp/", tokens.TokenTotpApi.as_view()),
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
    path("me/totp/", totp.TotpApi.as_view()),
    path("me/totp/confirmation/", totp.TotpConfirmationApi.as_view()),
    path("me/totp/removal/", totp.TotpRemovalApi.as_view()),
    path("me/totp/recovery-codes/", totp.RecoveryCodesApi.as_view()),
    path("systems/", roles.SystemListApi.as_view()),
    path("systems/<uuid:pk>/", roles.SystemApi.as_view()),
    path("roles/", roles.RoleListApi.as_view()),
    path("roles/<uuid:pk>/", roles.RoleApi.as_view()),
    path("role-assignments/", roles.RoleAssignmentListApi.as_view()),
    path("role-assignments/<uuid:pk>/", roles.RoleAssignmentApi.as_view()),
    path("audit-log/", audit.AuditLogApi.as_view()),
    path("access/explain/", audit.ExplanationApi.as_view()),
    path("users/", people.UserListApi.as_view()),
    path("users/<uuid:pk>/", people.UserDetailApi.as_view()),
    path("users/<uuid:pk>/invitation/", people.UserInvitationApi.as_view()),
    path("users/<uuid:pk>/deactivation/", people.UserDeactivationApi.as_view()),
    path("users/<uuid:pk>/suspension/", people.UserSuspensionApi.as_view()),
    path("users/<uuid:pk>/totp-removal/", people.UserTotpRemovalApi.as_view()),
    path("users/<uuid:pk>/reactivation/", people.UserReactivationApi.as_view()),
]
