"""Routes of notification-service under the API's version."""

from django.urls import path

from eventbus.dead_letters import DeadLetterListApi, DeadLetterReplayApi
from eventbus.failed_jobs import FailedJobListApi, FailedJobRetryApi
from notifications.api.delivery_views import (
    ADMIN,
    DeliveryApi,
    DeliveryListApi,
    DeliveryResendingApi,
    EndpointApi,
    EndpointListApi,
)
from notifications.api.preference_views import PreferenceApi, PreferencesApi, QuietHoursApi, WhyApi
from notifications.api.template_views import (
    TemplateApi,
    TemplateListApi,
    TemplatePreviewApi,
    TemplateTestApi,
    TemplateVersionsApi,
)
from notifications.api.trouble_views import (
    MailReportApi,
    SuppressionApi,
    SuppressionListApi,
    UnsubscribeApi,
)
from notifications.api.views import (
    InboxApi,
    InboxArchivalApi,
    InboxLiveApi,
    InboxReadApi,
    NoticeArchivalApi,
    NoticeReadApi,
    NoticeSnoozeApi,
    UnreadCountApi,
)

urlpatterns = [
    path("inbox/", InboxApi.as_view()),
    path("inbox/unread-count/", UnreadCountApi.as_view()),
    path("live/inbox/", InboxLiveApi.as_view()),
    path("inbox/read/", InboxReadApi.as_view()),
    path("inbox/archival/", InboxArchivalApi.as_view()),
    path("inbox/<uuid:id>/read/", NoticeReadApi.as_view()),
    path("inbox/<uuid:id>/archival/", NoticeArchivalApi.as_view()),
    path("inbox/<uuid:id>/snooze/", NoticeSnoozeApi.as_view()),
    path("preferences/", PreferencesApi.as_view()),
    path("preferences/<slug:kind>/<slug:channel>/", PreferenceApi.as_view()),
    path("quiet-hours/", QuietHoursApi.as_view()),
    path("why/", WhyApi.as_view()),
    path("deliveries/", DeliveryListApi.as_view()),
    path("deliveries/<uuid:id>/", DeliveryApi.as_view()),
    path("deliveries/<uuid:id>/resending/", DeliveryResendingApi.as_view()),
    path("suppressions/", SuppressionListApi.as_view()),
    path("suppressions/<uuid:id>/", SuppressionApi.as_view()),
    path("dead-letters/", DeadLetterListApi.as_view(permission_classes=ADMIN)),
    path("dead-letters/<uuid:id>/replay/", DeadLetterReplayApi.as_view(permission_classes=ADMIN)),
    path("failed-jobs/", FailedJobListApi.as_view(permission_classes=ADMIN)),
    path("failed-jobs/<uuid:id>/retry/", FailedJobRetryApi.as_view(permission_classes=ADMIN)),
    path("mail-reports/<str:provider>/", MailReportApi.as_view()),
    path("unsubscribe/<str:token>/", UnsubscribeApi.as_view()),
    path("templates/", TemplateListApi.as_view()),
    path("templates/<slug:key>/<slug:channel>/", TemplateApi.as_view()),
    path("templates/<slug:key>/<slug:channel>/versions/", TemplateVersionsApi.as_view()),
    path("templates/<slug:key>/<slug:channel>/preview/", TemplatePreviewApi.as_view()),
    path("templates/<slug:key>/email/test-message/", TemplateTestApi.as_view()),
    path("endpoints/", EndpointListApi.as_view()),
    path("endpoints/<uuid:id>/", EndpointApi.as_view()),
]
