"""HTTP in, a service or selector called, HTTP out."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from jwtauth import people
from jwtauth.permissions import IsStaff, IsUser
from jwtauth.principal import principal_of
from servicekit.fields import NoInput
from servicekit.idempotency import idempotent
from servicekit.problems import NotFound, PermissionDenied
from servicekit.reading import read, read_query
from workflows import selectors
from workflows.access import sees_all
from workflows.api import serializers as shapes
from workflows.explaining import sla_explain
from workflows.models import Task
from workflows.services.actions import task_complete, task_hold, task_resume, task_start
from workflows.services.deciding import task_decide
from workflows.services.rerouting import task_reroute


def names_of(*rows: Any) -> dict[str, Any]:
    """The serializer context with everyone who is named as an assignee, by one query."""
    ids = {row.assignee_id for row in rows} - {None}
    return {"people": people.by_ids(ids) if ids else {}}


class WorkflowDetailApi(GenericAPIView[Any]):
    permission_classes = [IsStaff]

    @extend_schema(operation_id="workflow_get", responses=shapes.WorkflowDetailOutput)
    def get(self, request: Request, id: UUID) -> Response:
        """The published version of a workflow with its steps and transitions."""
        version = selectors.workflow_with_steps().filter(workflow_id=id).first()
        if version is None:
            raise NotFound
        return Response(shapes.WorkflowDetailOutput(version).data)


class TaskListApi(GenericAPIView[Any]):
    permission_classes = [IsStaff]
    serializer_class = shapes.TaskOutput

    @extend_schema(operation_id="task_list", parameters=[shapes.TaskListQuery], responses=shapes.TaskOutput(many=True))
    def get(self, request: Request) -> Response:
        """Tasks, newest first. `scope=all` is for coordinators and admins."""
        query = read_query(shapes.TaskListQuery, request)
        tasks = selectors.task_list(actor=principal_of(request), **query)
        page: Sequence[Any] = self.paginate_queryset(tasks) or []
        return self.get_paginated_response(shapes.TaskOutput(page, many=True, context=names_of(*page)).data)


class TaskView(GenericAPIView[Any]):
    """One task. Whoever may not see it gets a 404, also people who are not staff."""

    permission_classes = [IsUser]

    def seen(self, request: Request, id: UUID) -> Task:
        return selectors.task_get(actor=principal_of(request), task_id=id)

    def check_replay(self, request: Request, id: UUID) -> None:
        """A stored answer is given again only to someone who may still see the task."""
        self.seen(request, id)

    def run(
        self, request: Request, id: UUID, given_by: type[Serializer[Any]], service: Callable[..., Task], **more: Any
    ) -> Response:
        """Act on a task. Who may not see it learns nothing, not even about their input."""
        task = self.seen(request, id)
        given = read(given_by, request)
        return self.answer(service(seen=task, actor=principal_of(request), **given, **more))

    def answer(self, task: Task) -> Response:
        """The whole of a task, as a service left it or as it was read."""
        context = {"people": selectors.turns_load(task=task)}
        return Response(shapes.TaskDetailOutput(task, context=context).data)


class TaskDetailApi(TaskView):
    @extend_schema(operation_id="task_get", responses=shapes.TaskDetailOutput)
    def get(self, request: Request, id: UUID) -> Response:
        """A task with its turns, the allowed transitions and the deadlines."""
        return self.answer(self.seen(request, id))


class TaskSlaApi(TaskView):
    @extend_schema(operation_id="task_sla_explain", responses=shapes.SlaOutput)
    def get(self, request: Request, id: UUID) -> Response:
        """Why each deadline is when it is: the time that counted, the holds, the calendar and its version."""
        explanation = sla_explain(task=self.seen(request, id), now=timezone.now())
        return Response(shapes.SlaOutput(explanation).data)


class TaskStartApi(TaskView):
    @extend_schema(operation_id="task_start", request=NoInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """The assignee begins the step."""
        return self.run(request, id, NoInput, task_start)


class TaskCompletionApi(TaskView):
    @extend_schema(operation_id="task_complete", request=shapes.CompletionInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """The assignee ends the step by one of its transitions."""
        return self.run(request, id, shapes.CompletionInput, task_complete)


class TaskApprovalApi(TaskView):
    @extend_schema(operation_id="task_approve", request=shapes.DecisionInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """One of those who are asked approves; the step is left when enough have."""
        return self.run(request, id, shapes.DecisionInput, task_decide, approve=True)


class TaskRejectionApi(TaskView):
    @extend_schema(operation_id="task_reject", request=shapes.DecisionInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """One of those who are asked rejects; the step is left when enough no longer can approve."""
        return self.run(request, id, shapes.DecisionInput, task_decide, approve=False)


class TaskHoldApi(TaskView):
    @extend_schema(operation_id="task_hold", request=shapes.HoldInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """The assignee puts the task aside; its deadlines stand still."""
        return self.run(request, id, shapes.HoldInput, task_hold)


class TaskResumptionApi(TaskView):
    @extend_schema(operation_id="task_resume", request=NoInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """The assignee takes a held task up again."""
        return self.run(request, id, NoInput, task_resume)


class TaskReroutingApi(TaskView):
    @extend_schema(operation_id="task_reroute", request=NoInput, responses=shapes.TaskDetailOutput)
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        """A coordinator or admin has a task that nobody has matched and assigned again."""
        task = self.seen(request, id)
        if not sees_all(principal_of(request)):
            raise PermissionDenied
        NoInput.check(request)
        return self.answer(task_reroute(seen=task))
