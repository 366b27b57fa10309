"""HTTP of the jobs that gave up. A service mounts both views and says who may use them:

`path("failed-jobs/", FailedJobListApi.as_view(permission_classes=ADMIN))`, and `.../<uuid:id>/retry/` likewise.
"""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eventbus import jobs
from eventbus.models import Job
from eventbus.permissions import Nobody
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from servicekit.pagination import CursorPagination
from servicekit.problems import Problem


class FailedJobNotFound(Problem):
    """No such job has given up."""

    status, code, title = 404, "failed_job_not_found", "There is no such failed job."


class FailedJobOutput(serializers.Serializer[Any]):
    """A job that gave up. What it is about is not told, for it may be an address; its words are in the log."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    attempts = serializers.IntegerField(min_value=0)
    error = serializers.SerializerMethodField(help_text="The kind of error.")
    request_id = serializers.CharField(help_text="Of the request that wanted it; what it did is logged under it.")
    created_at = serializers.DateTimeField()

    def get_error(self, row: Job) -> str:
        """Return the error's name."""
        return row.last_error.partition(":")[0]


@extend_schema_view(get=extend_schema(operation_id="failed_job_list"))
class FailedJobListApi(ListAPIView[Job]):
    """The jobs that gave up, newest first."""

    permission_classes = [Nobody]
    serializer_class = FailedJobOutput
    queryset = Job.objects.filter(state=Job.State.FAILED)
    pagination_class = CursorPagination
    ordering = ("-id",)


class FailedJobRetryApi(APIView):
    """One such job, once more."""

    permission_classes = [Nobody]

    @extend_schema(operation_id="failed_job_retry", request=NoInput, responses={202: None})
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """Let it be done again, with all its attempts."""
        NoInput.check(request)
        if not jobs.revive(job_id=id):
            raise FailedJobNotFound
        return Response(status=202)
