from django.urls import path

from eventbus.dead_letters import DeadLetterListApi, DeadLetterReplayApi
from eventbus.failed_jobs import FailedJobListApi, FailedJobRetryApi
from jwtauth.permissions import has_role
from workflows.api import absences, calendars, definitions, foresight, handing, reports, views

ADMIN = [has_role("tts:admin")]

urlpatterns = [
    path("workflows/", definitions.WorkflowListApi.as_view()),
    path("workflows/<uuid:id>/versions/", definitions.VersionListApi.as_view()),
    path("workflows/<uuid:id>/versions/<int:number>/", definitions.VersionApi.as_view()),
    path("workflows/<uuid:id>/versions/<int:number>/publication/", definitions.VersionPublicationApi.as_view()),
    path("workflows/<uuid:id>/retirement/", definitions.WorkflowRetirementApi.as_view()),
    path("workflows/<uuid:id>/migration/", definitions.WorkflowMigrationApi.as_view()),
    path("workflows/<uuid:id>/", views.WorkflowDetailApi.as_view()),
    path("workflows/<uuid:id>/graph/", foresight.WorkflowGraphApi.as_view()),
    path("routing/preview/", foresight.RoutingPreviewApi.as_view()),
    path("dead-letters/", DeadLetterListApi.as_view(permission_classes=ADMIN)),
    path("dead-letters/<uuid:id>/replay/", DeadLetterReplayApi.as_view(permission_classes=ADMIN)),
    path("failed-jobs/", FailedJobListApi.as_view(permission_classes=ADMIN)),
    path("failed-jobs/<uuid:id>/retry/", FailedJobRetryApi.as_view(permission_classes=ADMIN)),
    path("absences/", absences.AbsenceListApi.as_view()),
    path("absences/<uuid:id>/ending/", absences.AbsenceEndingApi.as_view()),
    path("reports/throughput/", reports.ThroughputApi.as_view()),
    path("reports/steps/", reports.StepTimesApi.as_view()),
    path("reports/sla/", reports.ComplianceApi.as_view()),
    path("reports/load/", reports.LoadApi.as_view()),
    path("reports/roles/", reports.RoleLoadApi.as_view()),
    path("calendars/", calendars.CalendarListApi.as_view()),
    path("calendars/<uuid:id>/", calendars.CalendarDetailApi.as_view()),
    path("calendars/<uuid:id>/preview/", calendars.CalendarPreviewApi.as_view()),
    path("tasks/", views.TaskListApi.as_view()),
    path("tasks/<uuid:id>/", views.TaskDetailApi.as_view()),
    path("tasks/<uuid:id>/sla/explain/", views.TaskSlaApi.as_view()),
    path("tasks/<uuid:id>/graph/", foresight.TaskGraphApi.as_view()),
    path("tasks/<uuid:id>/start/", views.TaskStartApi.as_view()),
    path("tasks/<uuid:id>/completion/", views.TaskCompletionApi.as_view()),
    path("tasks/<uuid:id>/approval/", views.TaskApprovalApi.as_view()),
    path("tasks/<uuid:id>/rejection/", views.TaskRejectionApi.as_view()),
    path("tasks/<uuid:id>/hold/", views.TaskHoldApi.as_view()),
    path("tasks/<uuid:id>/resumption/", views.TaskResumptionApi.as_view()),
    path("tasks/<uuid:id>/claim/", handing.TaskClaimApi.as_view()),
    path("tasks/<uuid:id>/release/", handing.TaskReleaseApi.as_view()),
    path("tasks/<uuid:id>/transfer/", handing.TaskTransferApi.as_view()),
    path("tasks/<uuid:id>/escalation/", handing.TaskEscalationApi.as_view()),
    path("tasks/<uuid:id>/cancellation/", handing.TaskCancellationApi.as_view()),
    path("tasks/<uuid:id>/move/", handing.TaskMoveApi.as_view()),
    path("tasks/<uuid:id>/rerouting/", views.TaskReroutingApi.as_view()),
]
