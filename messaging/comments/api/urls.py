"""Routes of messaging under the API's version."""

from django.urls import path

from comments.api.views import AttachmentContentApi, CommentApi, CommentHistoryApi, CommentListApi, LiveApi, StreamApi

urlpatterns = [
    path("tickets/<str:ticket_id>/comments/", CommentListApi.as_view()),
    path("tickets/<str:ticket_id>/comments/<uuid:comment_id>/", CommentApi.as_view()),
    path("tickets/<str:ticket_id>/comments/<uuid:comment_id>/history/", CommentHistoryApi.as_view()),
    path("tickets/<str:ticket_id>/stream/", StreamApi.as_view()),
    path("live/tickets/<str:ticket_id>/", LiveApi.as_view()),
    path(
        "tickets/<str:ticket_id>/comments/<uuid:comment_id>/attachments/<uuid:attachment_id>/content/",
        AttachmentContentApi.as_view(),
    ),
]
