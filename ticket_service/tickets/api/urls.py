"""Routes of ticket-service below /api/v1/."""

from django.urls import path

from tickets.api import attachment_views, ending_views, views

urlpatterns = [
    path("categories/", views.CategoriesApi.as_view(), name="categories"),
    path("tickets/", views.TicketsApi.as_view(), name="tickets"),
    path("tickets/<str:id>/", views.TicketApi.as_view(), name="ticket"),
    path("tickets/<str:id>/history/", views.TicketHistoryApi.as_view(), name="ticket-history"),
    path("tickets/<str:id>/withdrawal/", ending_views.TicketWithdrawalApi.as_view(), name="ticket-withdrawal"),
    path("tickets/<str:id>/rejection/", ending_views.TicketRejectionApi.as_view(), name="ticket-rejection"),
    path("tickets/<str:id>/closure/", ending_views.TicketClosureApi.as_view(), name="ticket-closure"),
    path("tickets/<str:id>/reopening/", ending_views.TicketReopeningApi.as_view(), name="ticket-reopening"),
    path("tickets/<str:id>/rating/", ending_views.TicketRatingApi.as_view(), name="ticket-rating"),
    path("tickets/<str:id>/attachments/", attachment_views.AttachmentsApi.as_view(), name="ticket-attachments"),
    path(
        "tickets/<str:id>/attachments/<uuid:attachment_id>/content/",
        attachment_views.AttachmentContentApi.as_view(),
        name="ticket-attachment-content",
    ),
]
