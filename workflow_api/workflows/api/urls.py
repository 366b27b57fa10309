from django.urls import path

from workflows.api import views

urlpatterns = [
    path("workflows/", views.WorkflowListApi.as_view()),
    path("workflows/<uuid:id>/", views.WorkflowDetailApi.as_view()),
    path("tasks/", views.TaskListApi.as_view()),
    path("tasks/<uuid:id>/", views.TaskDetailApi.as_view()),
    path("tasks/<uuid:id>/start/", views.TaskStartApi.as_view()),
    path("tasks/<uuid:id>/completion/", views.TaskCompletionApi.as_view()),
    path("tasks/<uuid:id>/hold/", views.TaskHoldApi.as_view()),
    path("tasks/<uuid:id>/resumption/", views.TaskResumptionApi.as_view()),
    path("tasks/<uuid:id>/rerouting/", views.TaskReroutingApi.as_view()),
]
