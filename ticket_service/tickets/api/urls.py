"""Routes of ticket-service below /api/v1/."""

from django.urls import path, register_converter
from django.urls.converters import SlugConverter

from eventbus.dead_letters import DeadLetterListApi, DeadLetterReplayApi
from eventbus.failed_jobs import FailedJobListApi, FailedJobRetryApi
from jwtauth.permissions import has_role
from tickets.api import (
    attachment_views,
    bulk_views,
    category_views,
    ending_views,
    export_views,
    import_views,
    link_views,
    macro_views,
    marking_views,
    preset_views,
    schedule_views,
    statistics_views,
    template_views,
    views,
)


class TagConverter(SlugConverter):
    """A tag as TicketInput takes it."""

    regex = "[-a-zA-Z0-9_]{1,40}"


register_converter(TagConverter, "tag")
ADMIN = [has_role("tts:admin")]

urlpatterns = [
    path("categories/", category_views.CategoriesApi.as_view(), name="categories"),
    path("categories/<slug:slug>/", category_views.CategoryApi.as_view(), name="category"),
    path("views/", preset_views.SavedViewsApi.as_view(), name="saved-views"),
    path("views/<uuid:id>/", preset_views.SavedViewApi.as_view(), name="saved-view"),
    path("canned-replies/", preset_views.CannedRepliesApi.as_view(), name="canned-replies"),
    path("canned-replies/<uuid:id>/", preset_views.CannedReplyApi.as_view(), name="canned-reply"),
    path("macros/", preset_views.MacrosApi.as_view(), name="macros"),
    path("macros/<uuid:id>/", preset_views.MacroApi.as_view(), name="macro"),
    path("ticket-templates/", template_views.TicketTemplatesApi.as_view(), name="ticket-templates"),
    path("ticket-templates/<uuid:id>/", template_views.TicketTemplateApi.as_view(), name="ticket-template"),
    path("ticket-schedules/", schedule_views.SchedulesApi.as_view(), name="ticket-schedules"),
    path("ticket-schedules/preview/", schedule_views.SchedulePreviewApi.as_view(), name="ticket-schedules-preview"),
    path("ticket-schedules/<uuid:id>/", schedule_views.ScheduleApi.as_view(), name="ticket-schedule"),
    path(
        "ticket-schedules/<uuid:id>/tickets/",
        schedule_views.ScheduleTicketsApi.as_view(),
        name="ticket-schedule-tickets",
    ),
    path("imports/", import_views.ImportsApi.as_view(), name="imports"),
    path("imports/<uuid:id>/", import_views.ImportApi.as_view(), name="import"),
    path("imports/<uuid:id>/refusals/", import_views.ImportRefusalsApi.as_view(), name="import-refusals"),
    path("imports/<uuid:id>/cancellation/", import_views.ImportCancellationApi.as_view(), name="import-cancellation"),
    path("dead-letters/", DeadLetterListApi.as_view(permission_classes=ADMIN), name="dead-letters"),
    path(
        "dead-letters/<uuid:id>/replay/",
        DeadLetterReplayApi.as_view(permission_classes=ADMIN),
        name="dead-letter-replay",
    ),
    path("failed-jobs/", FailedJobListApi.as_view(permission_classes=ADMIN), name="failed-jobs"),
    path("failed-jobs/<uuid:id>/retry/", FailedJobRetryApi.as_view(permission_classes=ADMIN), name="failed-job-retry"),
    path("statistics/", statistics_views.StatisticsApi.as_view(), name="statistics"),
    path("tickets/", views.TicketsApi.as_view(), name="tickets"),
    path("tickets/bulk/", bulk_views.TicketsBulkApi.as_view(), name="tickets-bulk"),
    path("tickets/export/", export_views.TicketsExportApi.as_view(), name="tickets-export"),
    path("tickets/<str:id>/", views.TicketApi.as_view(), name="ticket"),
    path("tickets/<str:id>/history/", views.TicketHistoryApi.as_view(), name="ticket-history"),
    path("tickets/<str:id>/withdrawal/", ending_views.TicketWithdrawalApi.as_view(), name="ticket-withdrawal"),
    path("tickets/<str:id>/rejection/", ending_views.TicketRejectionApi.as_view(), name="ticket-rejection"),
    path("tickets/<str:id>/closure/", ending_views.TicketClosureApi.as_view(), name="ticket-closure"),
    path("tickets/<str:id>/reopening/", ending_views.TicketReopeningApi.as_view(), name="ticket-reopening"),
    path("tickets/<str:id>/merger/", ending_views.TicketMergerApi.as_view(), name="ticket-merger"),
    path("tickets/<str:id>/rating/", ending_views.TicketRatingApi.as_view(), name="ticket-rating"),
    path("tickets/<str:id>/links/", link_views.LinksApi.as_view(), name="ticket-links"),
    path("tickets/<str:id>/links/<uuid:link_id>/", link_views.LinkApi.as_view(), name="ticket-link"),
    path("tickets/<str:id>/watchers/", marking_views.WatchersApi.as_view(), name="ticket-watchers"),
    path("tickets/<str:id>/watchers/<uuid:user_id>/", marking_views.WatcherApi.as_view(), name="ticket-watcher"),
    path("tickets/<str:id>/tags/<tag:tag>/", marking_views.TagApi.as_view(), name="ticket-tag"),
    path(
        "tickets/<str:id>/canned-replies/<uuid:reply_id>/",
        preset_views.TicketCannedReplyApi.as_view(),
        name="ticket-canned-reply",
    ),
    path("tickets/<str:id>/macros/<uuid:macro_id>/", macro_views.TicketMacroApi.as_view(), name="ticket-macro"),
    path(
        "tickets/<str:id>/macros/<uuid:macro_id>/application/",
        macro_views.TicketMacroApplicationApi.as_view(),
        name="ticket-macro-application",
    ),
    path("tickets/<str:id>/attachments/", attachment_views.AttachmentsApi.as_view(), name="ticket-attachments"),
    path(
        "tickets/<str:id>/attachments/<uuid:attachment_id>/content/",
        attachment_views.AttachmentContentApi.as_view(),
        name="ticket-attachment-content",
    ),
]
