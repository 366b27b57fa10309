"""Routes of notification-service under the API's version."""

from django.urls import path

from notifications.api.views import DeliveryListApi, InboxApi, InboxReadApi, NoticeReadApi, UnreadCountApi

urlpatterns = [
    path("inbox/", InboxApi.as_view()),
    path("inbox/unread-count/", UnreadCountApi.as_view()),
    path("inbox/read/", InboxReadApi.as_view()),
    path("inbox/<uuid:id>/read/", NoticeReadApi.as_view()),
    path("deliveries/", DeliveryListApi.as_view()),
]
