from django.urls import path

from servicekit.urls import schema_urls
from tests import views

urlpatterns = [
    path("api/v1/notes/", views.NotesApi.as_view()),
    path("api/v1/notes/by-rank/", views.RankedNotesApi.as_view()),
    path("api/v1/notes/<uuid:pk>/", views.NoteApi.as_view()),
    path("api/v1/notes/<uuid:pk>/stamp/", views.StampApi.as_view()),
    path("api/v1/uploads/", views.UploadApi.as_view()),
    path("raise/<str:name>/", views.RaiseApi.as_view()),
    path("raise-outside/<str:name>/", views.raise_outside),
    *schema_urls,
]

handler400 = "servicekit.problems.handler400"
handler403 = "servicekit.problems.handler403"
handler404 = "servicekit.problems.handler404"
handler500 = "servicekit.problems.handler500"
