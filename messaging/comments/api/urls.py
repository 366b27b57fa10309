"""Routes of messaging under the API's version."""

from django.urls import path

from comments.api.desk_views import CommentSearchApi, MailListApi, MentionCandidateListApi, PresenceApi
from comments.api.views import (
    AttachmentContentApi,
    CommentApi,
    CommentHistoryApi,
    CommentListApi,
    LiveApi,
    ReactionApi,
    ReadApi,
    StreamApi,
    TypingApi,
)
from eventbus.dead_letters import DeadLetterListApi, DeadLetterReplayApi
from eventbus.failed_jobs import FailedJobListApi, FailedJobRetryApi
from jwtauth.permissions import has_role

ADMIN = [has_role("tts:admin")]

urlpatterns = [
    path("comments/", CommentSearchApi.as_view()),
    path("dead-letters/", DeadLetterListApi.as_view(permission_classes=ADMIN)),
    path("dead-letters/<uuid:id>/replay/", DeadLetterReplayApi.as_view(permission_classes=ADMIN)),
    path("failed-jobs/", FailedJobListApi.as_view(permission_classes=ADMIN)),
    path("failed-jobs/<uuid:id>/retry/", FailedJobRetryApi.as_view(permission_classes=ADMIN)),
    path("mails/", MailListApi.as_view()),
    path("tickets/<str:ticket_id>/comments/", CommentListApi.as_view()),
    path("tickets/<str:ticket_id>/comments/<uuid:comment_id>/", CommentApi.as_view()),
    path("tickets/<str:ticket_id>/comments/<uuid:comment_id>/history/", CommentHistoryApi.as_view()),
    path("tickets/<str:ticket_id>/comments/<uuid:comment_id>/reactions/<str:sign>/", ReactionApi.as_view()),
    path("tickets/<str:ticket_id>/read/", ReadApi.as_view()),
    path("tickets/<str:ticket_id>/typing/", TypingApi.as_view()),
    path("tickets/<str:ticket_id>/presence/", PresenceApi.as_view()),
    path("tickets/<str:ticket_id>/mention-candidates/", MentionCandidateListApi.as_view()),
    path("tickets/<str:ticket_id>/stream/", StreamApi.as_view()),
    path("live/tickets/<str:ticket_id>/", LiveApi.as_view()),
    path(
        "tickets/<str:ticket_id>/comments/<uuid:comment_id>/attachments/<uuid:attachment_id>/content/",
        AttachmentContentApi.as_view(),
    ),
]
